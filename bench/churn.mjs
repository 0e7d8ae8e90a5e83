// W4: a sync of what changed, while others write: so many users are stored, a part of them changes at random at Apple's side.
import { deathRow, syncCrashes } from './crash.mjs';
import { SHOWN, compare } from './invite.mjs';
import { count, difference, importUsers, inWorld, operations, sum } from './people.mjs';
import { floorStore } from './sync.mjs';
import { now } from './world.mjs';

const FAST = 2000; // requests a second: the twin does not slow anything
const PAGE = 549; // records on a page, as in Apple's example

// Others write so often until stop() is called; it gives how many changes they made.
function writing(twin, perSecond) {
  let made = 0, isOver = false;
  const ended = (async () => {
    while (!isOver) {
      made += (await twin.post('/control/locations/first/churn', { count: 1 })).changed;
      await new Promise((done) => setTimeout(done, 1000 / perSecond));
    }
  })();
  return async () => { isOver = true; await ended; return made; };
}

async function syncOnce({ twin, pomona }, location) {
  const before = await operations(twin), cpu = pomona.cpu(), started = now();
  const { body } = await pomona.ask('POST', '/api/v1/vpp-users/sync', { location });
  const job = await pomona.job(body, { within: 3_600_000 });
  if (job.state !== 'done' || job.failed) throw new Error(`W4: the sync ended ${job.state}: ${job.failed} failed of ${job.total}; ${job.failure ?? ''}`);
  const requests = difference(await operations(twin), before);
  return { ms: now() - started, cpu: pomona.cpu() - cpu, items: job.total, requests: sum(requests), memory: pomona.memory() };
}

// So many users that were made elsewhere and belong to people here; stored by one full sync.
export async function stored(w, users) {
  const { twin, pomona } = w;
  await twin.knobs({ page_size: PAGE, limits: { maxRequestPerSecond: FAST }, event_delay_ms: 50 });
  await twin.post('/control/locations/first/users', { count: users });
  const { token_file: token } = await twin.get('/control/locations/first');
  const { id: location } = await pomona.addLocation(token);
  await importUsers(pomona, users, { mailOf: (n) => `foreign${n}@elsewhere.example` });
  const first = await syncOnce(w, location);
  return { location, first, digest: await compare(w, users, SHOWN) };
}

async function churns(w, { users, parts, perSecond }) {
  const { location, first } = await stored(w, users);
  const rows = [];
  for (const part of parts) {
    const { changed } = await w.twin.post('/control/locations/first/churn', { count: Math.max(1, Math.round(users * part / 100)) });
    const stop = writing(w.twin, perSecond);
    let sync, meanwhile;
    try {
      sync = await syncOnce(w, location);
    } finally {
      meanwhile = await stop(); // before the twin ends, or its end hides what went wrong
    }
    // What was written after the list was read comes with the next sync; then both sides are the same.
    const rest = await syncOnce(w, location);
    const { registered, associated } = await w.twin.counts();
    rows.push({ part, changed, meanwhile, ...sync, rest, digest: await compare(w, registered + associated, SHOWN) });
  }
  return { users, location, first, rows };
}

export async function measureChurn({ say, table, fixed, ...report }, sizes, { trials, perSecond }) {
  const all = [];
  for (const users of sizes) all.push(await inWorld(report, `churn-${users}`, async (w) => {
    const one = await churns(w, { users, parts: [0.1, 1, 10], perSecond });
    const digest = async () => {
      const { registered, associated } = await w.twin.counts();
      return compare(w, registered + associated, SHOWN);
    };
    return { ...one, crashes: await syncCrashes(w, { location: one.location, users, trials, digest }), floor: floorStore(w.folder, Math.max(1000, users / 10)).rate };
  }));
  say(`W4: a sync of what changed at random among stored users, while ${perSecond} changes a second go on; each succeeded, and after the next one both sides were the same. `
    + `Floor: bench/floor_store.c with 10 % of the users, ${all.map((one) => `${one.floor.toFixed(0)} rows/s`).join(', ')}.`);
  say();
  table(['users', 'changed %', 'changes before + meanwhile', 'seconds', 'changes/s', 'CPU s', 'requests', 'items', 'peak MiB', 'digest'], all.flatMap((one) => one.rows.map((row) => [
    count(one.users), row.part, `${count(row.changed)} + ${row.meanwhile}`, (row.ms / 1000).toFixed(2), (row.changed / row.ms * 1000).toFixed(0), (row.cpu / 1000).toFixed(2),
    row.requests, count(row.items), fixed(row.memory.peak), row.digest])));
  say('W9: kill -9 at a random moment of such a sync (5 % changed), each then resumed to its end; the digest is of both sides after the last');
  say();
  table(['users', 'kills', 'ms to the first page, median', 'worst', 'largest WAL MiB', 'digest'],
    all.map((one) => [count(one.users), ...deathRow(one.crashes.deaths), one.crashes.digest]));
}
