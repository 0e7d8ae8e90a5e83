// W1, W2, W3: a full sync of so many users, then one in which nothing changed.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { now, root } from './world.mjs';

const PAGE = 549; // records on a page, as in Apple's example
export const APPLE_RATE = 15;

export function floorStore(folder, users) {
  const program = join(root, 'build/floor_store');
  mkdirSync(join(root, 'build'), { recursive: true });
  const made = spawnSync('cc', ['-O2', '-o', program, join(root, 'bench/floor_store.c'), '-lsqlite3']);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const file = join(folder, 'floor.db');
  const clean = () => ['', '-wal', '-shm'].forEach((end) => rmSync(file + end, { force: true }));
  clean();
  const rate = Number(execFileSync(program, [file, String(users)]).toString());
  clean();
  return rate;
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
  const job = await pomona.job(body, { within: 1_200_000 });
  return {
    ms: now() - started, cpu: pomona.cpu() - cpu, state: job.state, total: job.total,
    requests: difference(await asked(twin), before), memory: pomona.memory(), walBytes: statSync(`${pomona.file}-wal`).size,
  };
}

// rate: requests a second that the twin allows and tells.
export async function syncs(w, { users, rate = APPLE_RATE }) {
  await w.twin.knobs({ page_size: PAGE, limits: { maxRequestPerSecond: rate } });
  await w.twin.post('/control/locations/first/users', { count: users, status: 'Associated' });
  const { token_file: token } = await w.twin.get('/control/locations/first');
  const { id } = await w.pomona.addLocation(token);
  const full = await syncOnce(w, id);
  const same = await syncOnce(w, id);
  return { users, rate, floorMs: Math.ceil(users / PAGE) / rate * 1000, full, same };
}
