// W9: kill -9 in the middle of work; how long until the first page is answered again, and whether all is as it should be.
import http from 'node:http';
import { rmSync, statSync } from 'node:fs';
import { count } from './people.mjs';
import { percentile } from './reads.mjs';
import { now } from './world.mjs';

// Until a page of users is answered: milliseconds since `started`.
function answers(pomona, started) {
  return new Promise((done) => {
    const ask = () => http.get({ host: '127.0.0.1', port: pomona.port, path: '/api/v1/people?limit=50', headers: { authorization: `Bearer ${pomona.token}` } }, (answer) => {
      answer.resume();
      answer.on('end', () => (answer.statusCode === 200 ? done(now() - started) : setTimeout(ask, 2)));
    }).on('error', () => setTimeout(ask, 2));
    ask();
  });
}

// One death and the life after it.
export async function crash(pomona) {
  await pomona.kill();
  const walBytes = statSync(`${pomona.file}-wal`).size;
  const started = now();
  const answered = answers(pomona, started);
  await pomona.start();
  return { walBytes, ms: await answered };
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Syncs of what changed, each killed at a moment of its own; digest() throws unless both sides are the same in the end.
export async function syncCrashes({ twin, pomona }, { location, users, trials, digest }) {
  const deaths = [];
  let usual = 400;
  for (let i = 0; i < trials; i++) {
    await twin.post('/control/locations/first/churn', { count: Math.ceil(users / 20) });
    const began = now();
    const asked = await pomona.act('sync', { location });
    await pause(usual * Math.random());
    deaths.push(await crash(pomona));
    const job = await pomona.job(asked, { within: 3_600_000 });
    if (job.state !== 'done' || job.failed) throw new Error(`W9: the sync ended ${job.state}: ${job.failed} failed; ${job.failure ?? ''}`);
    usual = (usual + now() - began - deaths.at(-1).ms) / 2;
  }
  await pomona.does('sync', { location }, { within: 3_600_000 });
  return { deaths, digest: await digest() };
}

// People without a VPP user are invited among very many others, and the server dies meanwhile.
async function inviteCrashes({ twin, pomona }, { location, ids, trials }) {
  const deaths = [], before = await twin.counts();
  await pomona.patch(`/api/v1/locations/${location}`, { message_channel: 'email' });
  const asked = await pomona.act('invite', { location, selection: { ids } });
  for (let i = 0; i < trials; i++) {
    await pause(300 + 700 * Math.random());
    deaths.push(await crash(pomona));
  }
  const job = await pomona.job(asked, { within: 3_600_000 });
  const counts = await twin.counts();
  const isRight = job.state === 'done' && !job.failed && counts.creates_applied - before.creates_applied === job.done
    && counts.emails - before.emails === job.done && counts.created_again.length === before.created_again.length;
  if (!isRight) throw new Error(`W9: ${JSON.stringify({ ...job, counts })}`);
  return { deaths, invited: job.done };
}

export function deathRow(deaths) {
  const ms = deaths.map((death) => death.ms);
  return [deaths.length, percentile(ms, 0.5).toFixed(0), Math.max(...ms).toFixed(0), (Math.max(...deaths.map((death) => death.walBytes)) / 2 ** 20).toFixed(1)];
}

export async function measureCrashes({ say, table, filled }, sizes, { trials }) {
  const rows = [];
  for (const people of sizes) {
    const w = await filled(people);
    try {
      const { items: [{ id: location }] } = await w.pomona.get('/api/v1/locations');
      // Every tenth has no VPP user yet (bench/fill.py).
      const ids = Array.from({ length: Math.min(2000, people / 10) }, (_, i) => (i + 1) * 10);
      const { deaths, invited } = await inviteCrashes(w, { location, ids, trials });
      rows.push([count(people), count(invited), ...deathRow(deaths)]);
    } finally {
      await w.end();
      rmSync(w.folder, { recursive: true, force: true }); // who is invited now is not what the next run expects
    }
  }
  say('W9: kill -9 while people are invited among many that are stored; each created once');
  say();
  table(['people stored', 'invited', 'kills', 'ms to the first page, median', 'worst', 'largest WAL MiB'], rows);
}
