// W1, W2, W3: a full sync of so many users, then one in which nothing changed.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { now, root, world } from './world.mjs';
import { waitFor } from '../tests/stories/lib/wait.mjs';

const FAST = 2000; // requests a second: the twin does not slow anything
const PAGE = 549; // records on a page, as in Apple's example
const APPLE_RATE = 15;

export function floorStore(folder, users) {
  const program = join(root, 'build/floor_store');
  mkdirSync(join(root, 'build'), { recursive: true });
  const made = spawnSync('cc', ['-O2', '-o', program, join(root, 'bench/floor_store.c'), '-lsqlite3']);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const file = join(folder, 'floor.db');
  const clean = () => ['', '-wal', '-shm'].forEach((end) => rmSync(file + end, { force: true }));
  clean();
  const [rate, cpu] = execFileSync(program, [file, String(users)]).toString().split(' ').map(Number);
  clean();
  return { rate, cpu };
}

async function asked(twin) {
  const { items } = await twin.get('/control/calls?limit=100000');
  const by = {};
  for (const call of items) by[call.operation] = (by[call.operation] ?? 0) + 1;
  return by;
}

const difference = (after, before) => Object.fromEntries(Object.keys(after)
  .map((key) => [key, after[key] - (before[key] ?? 0)]).filter(([, count]) => count > 0));

async function syncOnce({ pomona, twin }, location) {
  const before = await asked(twin), cpu = pomona.cpu(), started = now();
  const { body } = await pomona.ask('POST', '/api/v1/vpp-users/sync', { location });
  const job = await waitFor('the sync ends', async () => {
    const now = (await pomona.ask('GET', `/api/v1/jobs/${body.job.id}`)).body;
    return now.state === 'done' && now;
  }, { within: 1_200_000, every: 20 });
  return {
    ms: now() - started, cpu: pomona.cpu() - cpu, state: job.state, total: job.total,
    requests: difference(await asked(twin), before), memory: pomona.memory(), walBytes: existsSync(`${pomona.file}-wal`) ? statSync(`${pomona.file}-wal`).size : 0,
  };
}

const readsOf = async (twin) => (await twin.get('/control/calls?limit=100')).items.filter((c) => c.operation === 'assignments.get').length;

// rate: requests a second that the twin allows and tells. same: how often the sync that finds nothing is done.
async function syncs(w, { users, rate = APPLE_RATE, same = 10 }) {
  await w.twin.knobs({ page_size: PAGE, limits: { maxRequestPerSecond: rate } });
  await w.twin.post('/control/locations/first/users', { count: users, status: 'Associated' });
  const { token_file: token } = await w.twin.get('/control/locations/first');
  const { id } = await w.pomona.addLocation(token);
  await waitFor('the first look at the licences is over', async () => await readsOf(w.twin) > 0);
  const full = await syncOnce(w, id);
  const again = [];
  for (let i = 0; i < same; i++) again.push(await syncOnce(w, id));
  const mean = (key) => again.reduce((sum, one) => sum + one[key], 0) / (same || 1);
  return { users, rate, floorMs: Math.ceil(users / PAGE) / rate * 1000, full,
    same: { ...again.at(-1), ms: mean('ms'), cpu: mean('cpu') } };
}

async function measured(bench, users, rate, same) {
  const folder = join(bench.scratch, `sync-${users}-${rate}`);
  rmSync(folder, { recursive: true, force: true });
  const w = await world(folder, { pomona: { database: bench.database } });
  try {
    const before = floorStore(folder, users);
    const all = await syncs(w, { users, rate, same });
    const after = floorStore(folder, users);
    return { ...all, floor: before.rate > after.rate ? before : after };
  } finally {
    await w.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function sayPaced({ say }, paced) {
  say(`W1: ${paced.users.toLocaleString('en')} users at Apple's pace (${paced.rate} requests a second, pages of ${PAGE}): ${(paced.full.ms / 1000).toFixed(1)} s, `
    + `floor ${(paced.floorMs / 1000).toFixed(1)} s, ratio ${(paced.full.ms / paced.floorMs).toFixed(2)}, CPU ${(paced.full.cpu / 1000).toFixed(1)} s; `
    + `requests ${JSON.stringify(paced.full.requests)}`);
  say();
}

// bench: {say, table, slope, fixed, scratch, database}.
export async function measureSyncs(bench, sizes, { paced }) {
  const { say, table, slope, fixed } = bench;
  if (paced) sayPaced(bench, await measured(bench, paced, APPLE_RATE, 0));
  const all = [];
  for (const users of sizes) all.push(await measured(bench, users, FAST, 10));
  const of = (pick) => slope(sizes, all.map(pick));
  say('W2: a full sync of users that are new here, unthrottled; the floor is bench/floor_store.c in the same run, the better of one before and one after');
  say();
  table(['users', 'seconds', 'users/s', 'floor users/s', 'ratio', 'CPU us/user', 'floor CPU us/user', 'ratio of CPU', 'peak MiB', 'WAL MiB'], all.map((one) => {
    const rate = one.users / (one.full.ms / 1000), cpu = one.full.cpu * 1000 / one.users;
    return [one.users.toLocaleString('en'), (one.full.ms / 1000).toFixed(1), rate.toFixed(0), one.floor.rate.toFixed(0), (rate / one.floor.rate).toFixed(2),
      cpu.toFixed(1), one.floor.cpu.toFixed(1), (one.floor.cpu / cpu).toFixed(2), fixed(one.full.memory.peak), fixed(one.full.walBytes / 2 ** 20)];
  }));
  say(`Slope of the time ${of((one) => one.full.ms)}, of the CPU ${of((one) => one.full.cpu)}, of the peak ${of((one) => one.full.memory.peak)}.`);
  say();
  say('W3: the syncs after it, in which nothing changed; the mean of ten');
  say();
  table(['users', 'ms', 'CPU ms', 'requests', 'items', 'resident MiB'], all.map((one) => [one.users.toLocaleString('en'), fixed(one.same.ms), fixed(one.same.cpu),
    Object.entries(one.same.requests).map(([key, count]) => `${key} ${count}`).join(', '), one.same.total, fixed(one.same.memory.resident)]));
  say(`Slope of the time ${of((one) => one.same.ms)}, of the CPU ${of((one) => Math.max(one.same.cpu, 1))}.`);
  say();
}
