// Runs the fault matrix and random kills, or the planted bugs; see script/torture.
import { spawn } from 'node:child_process';
import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { killWorld } from './kills.mjs';
import { words } from './lib/oracle.mjs';
import { planted } from './planted.mjs';
import { points, visit } from './points.mjs';
import { rows, runRow } from './rows.mjs';

const counts = ['lost', 'twice', 'wrong', 'quiet', 'early', 'afterStop'];
const killsInWorld = 25;
const run = promisify(execFile);

function optionsOf(args) {
  const options = { kills: 200, seed: 1, database: 'sqlite', rows: 'all', jobs: 3, planted: false, points: false, only: '', long: false };
  for (let i = 0; i < args.length; i++) {
    const name = args[i].replace(/^--/, '');
    if (!args[i].startsWith('--') || !(name in options)) throw new Error(`torture does not know "${args[i]}".`);
    if (typeof options[name] === 'boolean') options[name] = true;
    else options[name] = typeof options[name] === 'number' ? Number(args[++i]) : args[++i];
    if (options[name] === undefined || Number.isNaN(options[name])) throw new Error(`--${name} needs a value.`);
  }
  if (!['sqlite', 'postgres'].includes(options.database)) throw new Error('--database is sqlite or postgres.');
  return options;
}

// A PostgreSQL of the run's own, with a new database for each world.
async function postgres() {
  const file = (path) => fileURLToPath(new URL(path, import.meta.url));
  const holder = spawn('python3', [file('../store/on_database'), 'postgres', file('../stories/lib/hold_database')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const first = (await createInterface({ input: holder.stdout })[Symbol.asyncIterator]().next()).value ?? '';
  if (!first.startsWith('postgres:')) throw new Error(first || 'PostgreSQL is not installed here.');
  const ended = new Promise((done) => holder.once('close', done));
  let n = 0;
  return {
    async fresh() {
      const name = `torture_${++n}`;
      await run('psql', ['-q', '-d', first, '-c', `create database ${name}`]);
      return first.replace('/postgres?', `/${name}?`);
    },
    end() { holder.stdin.end(); return ended; },
  };
}

class Report {
  sums = Object.fromEntries(counts.map((name) => [name, 0]));
  bad = 0;

  line(isGood, name, oracle, rest = '') {
    const numbers = counts.map((count) => oracle?.numbers[count] ?? '-');
    counts.forEach((count) => { this.sums[count] += oracle?.numbers[count] ?? 0; });
    this.bad += !isGood;
    console.log(`${isGood ? 'ok  ' : 'FAIL'} ${name.padEnd(72)} ${numbers.join(' ')} ${rest}`.trimEnd());
    if (!isGood && oracle && !oracle.isClean) console.log(words(oracle));
  }
}

async function inParallel(count, list, work) {
  const left = [...list];
  await Promise.all(Array.from({ length: count }, async () => {
    while (left.length) await work(left.shift());
  }));
}

async function tortureRows(options, databases, report) {
  const wanted = options.rows.split(',');
  const fits = (row) => options.rows === 'all' || wanted.some((one) => row.id === one || (/^[A-Z]$/.test(one) && row.id.startsWith(one)) || row.id.split(' ')[0] === one);
  const list = options.rows === 'none' ? [] : rows.filter((row) => fits(row) && (options.long || !row.isLong) && (!row.needs || row.needs === options.database));
  await inParallel(options.jobs, list, async (row) => {
    const result = await runRow(row, { seed: options.seed, database: await databases?.fresh() });
    const rest = [result.failure, ...result.faults, result.isGood ? '' : `(${result.world.folder})`].filter(Boolean).join(' | ');
    report.line(result.isGood, `${row.id}: ${row.name}`, result.oracle, rest);
    if (result.isGood) result.world.forget();
  });
  return list.length;
}

async function tortureKills(options, databases, report) {
  const worlds = Array.from({ length: Math.ceil(options.kills / killsInWorld) }, (_, i) => ({
    seed: options.seed * 1000 + i, kills: Math.min(killsInWorld, options.kills - i * killsInWorld),
  }));
  let kills = 0;
  await inParallel(options.jobs, worlds, async (one) => {
    try {
      const result = await killWorld({ ...one, database: await databases?.fresh() });
      kills += result.kills;
      const how = Object.entries(result.byPoint).map(([point, n]) => `${point} ${n}`).join(', ');
      const isGood = result.oracle.isClean && !result.faults.length;
      report.line(isGood, `seed ${one.seed}: ${result.kills} kills, ${result.promises} promises`, result.oracle,
        isGood ? `(${how})` : `(${how}) ${result.faults.join(' | ')} (${result.world.folder})`);
      if (isGood) result.world.forget();
    } catch (error) {
      report.line(false, `seed ${one.seed}`, undefined, error.message);
    }
  });
  return kills;
}

async function torturePoints(options, databases, report) {
  const list = points.filter((point) => !options.only || options.only.split(',').some((one) => point === one || point.startsWith(`${one}.`)));
  await inParallel(options.jobs, list, async (point) => {
    const result = await visit(point, { seed: options.seed, databases });
    const rest = [result.failure, ...result.faults, result.isGood ? '' : `(${result.world.folder})`].filter(Boolean).join(' | ');
    report.line(result.isGood, `killed at ${point}`, result.oracle, rest);
    if (result.isGood) result.world.forget();
  });
  return list.length;
}

async function findPlanted(options) {
  let missed = 0;
  const wanted = options.only.split(',').filter(Boolean);
  const list = planted.filter((bug) => !wanted.length || wanted.includes(bug.name)).flatMap((bug) => bug.rows.map((id) => ({ bug, row: rows.find((row) => row.id === id) })));
  await inParallel(options.jobs, list, async ({ bug, row }) => {
    const { oracle, world, failure } = await runRow(row, { seed: options.seed, plant: bug.name });
    const isCaught = bug.byRow ? failure !== undefined : oracle && !oracle.isClean;
    missed += !isCaught;
    console.log(`${isCaught ? 'caught' : 'MISSED'} ${bug.name.padEnd(22)} ${bug.what} (row ${row.id}: ${bug.byRow ? failure : oracle ? counts.filter((c) => oracle.numbers[c]).join(', ') : 'no judgement'})`);
    world.forget();
  });
  console.log(`${list.length - missed} of ${list.length} planted bugs caught`);
  return missed === 0;
}

async function main() {
  const options = optionsOf(process.argv.slice(2));
  if (options.planted) return findPlanted(options);
  const began = Date.now();
  const databases = options.database === 'postgres' ? await postgres() : undefined;
  const report = new Report();
  const pointCount = options.points ? await torturePoints(options, databases, report) : 0;
  const rowCount = options.points ? 0 : await tortureRows(options, databases, report);
  const kills = options.points ? pointCount : await tortureKills(options, databases, report);
  await databases?.end();
  console.log(`${options.database}, seed ${options.seed}: ${rowCount} rows, ${kills} kills, ${((Date.now() - began) / 1000).toFixed(0)} s: ${counts.map((c) => `${c} ${report.sums[c]}`).join(', ')}`);
  return report.bad === 0;
}

const isGood = await main().catch((error) => { console.error(error.message); return false; });
process.exit(isGood ? 0 : 1);
