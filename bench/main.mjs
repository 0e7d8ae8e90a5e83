// script/bench: runs what was asked for, prints a table, and appends it to bench/results.md.
import { execFileSync } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, tmpdir, totalmem, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { now, root, world } from './world.mjs';
import { measureBrowser } from './browser.mjs';
import { measureChurn } from './churn.mjs';
import { measureCrashes } from './crash.mjs';
import { RUNS, measureInvites } from './invite.mjs';
import { percentile, reads, readsDuringSync } from './reads.mjs';
import { starts } from './start.mjs';
import { measureSyncs } from './sync.mjs';
import { startPostgres } from './postgres.mjs';

const PARTS = ['reads', 'browser', 'sync', 'churn', 'invite', 'crash'];
const { values: asked } = parseArgs({ options: {
  sizes: { type: 'string', default: '10000 100000' }, users: { type: 'string', default: '10000 100000' },
  paced: { type: 'string', default: '100000' }, database: { type: 'string', default: 'sqlite' },
  stored: { type: 'string', default: '10000' }, writes: { type: 'string', default: '10' }, trials: { type: 'string', default: '5' },
  people: { type: 'string', default: '3000' }, runs: { type: 'string', default: Object.keys(RUNS).join() },
  rate: { type: 'string', default: '15' }, delay: { type: 'string', default: '150' },
  only: { type: 'string', default: PARTS.join() }, folder: { type: 'string' },
} });
const parts = asked.only.split(','), runs = asked.runs.split(',');
for (const [given, known] of [[parts, PARTS], [runs, Object.keys(RUNS)]])
  for (const one of given) if (!known.includes(one)) throw new Error(`script/bench knows ${known.join(', ')}; not "${one}"`);
const numbers = (text) => text.split(/[ ,]+/).filter(Boolean).map(Number);
const scratch = asked.folder ?? mkdtempSync(join(tmpdir(), 'pomona-bench-'));
mkdirSync(scratch, { recursive: true });
const lines = [];
const say = (line = '') => { console.log(line); lines.push(line); };
const fixed = (value) => value >= 100 ? value.toFixed(0) : value.toFixed(1);
const table = (head, rows) => {
  say(`| ${head.join(' | ')} |`);
  say(`| ${head.map(() => '---').join(' | ')} |`);
  for (const row of rows) say(`| ${row.join(' | ')} |`);
  say();
};
// How the cost grows with the size: 1 is proportional, 0 not at all.
const slope = (sizes, costs) => sizes.length < 2 ? '' :
  (Math.log(costs.at(-1) / costs[0]) / Math.log(sizes.at(-1) / sizes[0])).toFixed(2);

function fsyncMs() {
  const file = join(scratch, 'fsync');
  const fd = openSync(file, 'w');
  const times = [];
  for (let i = 0; i < 200; i++) {
    writeSync(fd, Buffer.alloc(8192, i));
    const started = now();
    fdatasyncSync(fd);
    times.push(now() - started);
  }
  closeSync(fd);
  rmSync(file);
  return percentile(times, 0.5);
}

function machine() {
  const version = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).toString().trim();
  say(`## ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ${version}`);
  say();
  say(`${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, fdatasync of 8 KiB ${fsyncMs().toFixed(2)} ms (median), `
    + `load average at the start ${loadavg()[0].toFixed(1)}. Server, twin and client share the cores. ${asked.database === 'postgres' ? 'PostgreSQL' : 'SQLite'}.`);
  say();
}

async function filled(people) {
  const folder = join(scratch, `list-${people}`);
  if (existsSync(join(folder, 'filled'))) return world(folder);
  rmSync(folder, { recursive: true, force: true });
  const first = await world(folder);
  const { token_file: token } = await first.twin.get('/control/locations/first');
  const { id } = await first.pomona.addLocation(token);
  await first.end();
  execFileSync(join(root, 'bench/fill.py'), [first.pomona.file, String(people), '--location', String(id)], { stdio: 'inherit' });
  writeFileSync(join(folder, 'filled'), ''); // with --folder the next run begins here
  return world(folder);
}

async function measureReads(sizes) {
  const all = [];
  for (const people of sizes) {
    const w = await filled(people);
    try {
      all.push({ people, rows: await reads(w.pomona, people), start: await starts(w), during: await readsDuringSync(w, people) });
    } finally {
      await w.end();
    }
  }
  say('W7: one client; milliseconds at the API, p50 / p99 (CPU of the server), 50 rows a page; the first line is the floor of the run');
  say();
  const names = all[0].rows.map((row) => row.name);
  table(['what', ...all.map((one) => one.people.toLocaleString('en')), 'slope of p50'], names.map((name, i) => [name,
    ...all.map((one) => `${fixed(one.rows[i].p50)} / ${fixed(one.rows[i].p99)} (${one.rows[i].cpu.toFixed(1)})`),
    slope(sizes, all.map((one) => one.rows[i].p50))]));
  for (const { people, during } of all) {
    say(`W7 at ${people.toLocaleString('en')} while ${during.users.toLocaleString('en')} users of another location are read and written (${during.seconds.toFixed(1)} s, ${during.rounds} rounds): p50 / p99`);
    say();
    table(['what', 'before', 'meanwhile', 'p99 to before'], during.rows.map((row) => [row.name, `${fixed(row.idle.p50)} / ${fixed(row.idle.p99)}`,
      `${fixed(row.busy.p50)} / ${fixed(row.busy.p99)}`, (row.busy.p99 / row.idle.p99).toFixed(1)]));
  }
  say('W8, W9: from exec to the first page, and what the process holds then');
  say();
  table(['people', 'after a clean end', 'after kill -9', 'resident', 'anonymous'], all.map(({ people, start }) => [
    people.toLocaleString('en'), `${fixed(start.clean)} ms`, `${fixed(start.kill)} ms`,
    `${fixed(start.memory.resident)} MiB`, `${fixed(start.memory.anonymous)} MiB`]));
}

machine();
const report = { say, table, slope, fixed, scratch, filled };
if (parts.includes('reads')) await measureReads(numbers(asked.sizes));
if (parts.includes('browser')) for (const people of numbers(asked.sizes)) await measureBrowser(report, people);
if (parts.includes('sync')) {
  if (asked.database === 'postgres' && (numbers(asked.users).length > 1 || Number(asked.paced))) throw new Error('PostgreSQL is measured with one size in --users and with --paced 0: the tables are not emptied between');
  const postgres = asked.database === 'postgres' ? await startPostgres() : null;
  await measureSyncs({ ...report, database: postgres?.url }, numbers(asked.users), { paced: Number(asked.paced) });
  await postgres?.end();
}
const trials = Number(asked.trials);
if (parts.includes('churn')) await measureChurn(report, numbers(asked.stored), { trials, perSecond: Number(asked.writes) });
if (parts.includes('invite')) await measureInvites(report, numbers(asked.people), { runs, rate: Number(asked.rate), delayMs: Number(asked.delay) });
if (parts.includes('crash')) await measureCrashes(report, numbers(asked.stored), { trials });
appendFileSync(join(root, 'bench/results.md'), `\n${lines.join('\n')}`);
if (!asked.folder) rmSync(scratch, { recursive: true });
if (readFileSync(join(root, 'bench/results.md'), 'utf8').includes(scratch)) throw new Error('the results name a folder of this machine');
