// Random kills while an unkind Apple is worked with, until the numbers are counted by the oracle.
//
// usage: node tests/torture/torture.mjs [--kills N] [--seed N] [--people N] [--database postgres://…]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pomona } from '../stories/lib/pomona.mjs';
import { badLines } from '../stories/lib/process.mjs';
import { names, school } from '../stories/lib/school.mjs';
import { Twin } from '../stories/lib/twin.mjs';
import { pause, waitFor } from '../stories/lib/wait.mjs';
import { judge, look } from './oracle.mjs';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '20' }, seed: { type: 'string' }, people: { type: 'string', default: '120' }, database: { type: 'string' } } });
const kills = Number(values.kills), count = Number(values.people);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
console.log(`seed ${seed}, ${kills} kills, ${count} people`);

// A small generator of our own, so that a seed repeats the choices.
let state = seed >>> 0;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor(state / 2 ** 32 * below);
};

const folder = mkdtempSync(join(tmpdir(), 'pomona-torture-'));
const twin = await Twin.start(folder, { calm: false, seed });
await twin.knobs({ event_delay_ms: 200, event_spread_ms: 600, event_slow_ms: 3000, page_size: 30 });
const pomona = await new Pomona(folder, twin, { settle: 2, database: values.database }).start();
const people = names(count);
const location = await waitFor('the location is added', () => school({ twin, pomona }, people), { within: 60_000, every: 1000 });
const ids = (await pomona.people()).map((p) => p.id);

// A retry of a request whose answer was cut by the kill: the key makes it one job.
async function act(verb, body, key) {
  return waitFor(`${verb} is taken`, () => pomona.post(`/api/v1/vpp-users/${verb}`, body, { headers: { 'idempotency-key': key } }), { within: 30_000, every: 100 });
}

const asked = [];
let wave = 0;
async function askSomething() {
  const part = ids.filter(() => random(3) === 0).slice(0, 60);
  const key = `torture-${seed}-${wave++}`;
  if (!part.length) return;
  const dice = random(6);
  if (dice === 0) asked.push(await act('sync', { location: location.id }, key));
  else if (dice === 1) asked.push(await act('delete', { location: location.id, selection: { ids: part.slice(0, 8) } }, key));
  else asked.push(await act('invite', { location: location.id, selection: { ids: part } }, key));
  if (random(3) === 0) await twin.accept({ count: 1 + random(10) });
}

for (let i = 0; i < kills; i++) {
  await askSomething();
  await pause(random(2500));
  await pomona.kill();
  if (random(5) === 0) { // killed again while it recovers
    const again = pomona.start().catch(() => {});
    await pause(random(400));
    if (pomona.program && !pomona.program.end) await pomona.kill();
    await again;
  }
  await pomona.start();
}
for (const answer of asked) await pomona.job(answer, { within: 180_000 });
await pomona.job(await act('sync', { location: location.id }, `torture-${seed}-last`), { within: 180_000 });

const verdict = judge(await look({ twin, pomona }));
const code = (await pomona.program.stop()).code;
await twin.program.stop();
const sanitizer = badLines(pomona.program.text(), [/./]);
let bad = sanitizer.length + (code === 0 ? 0 : 1);
for (const [name, faults] of Object.entries(verdict)) {
  console.log(`${name.padEnd(9)} ${faults.length}`);
  for (const fault of faults.slice(0, 10)) console.log(`  ${fault}`);
  bad += faults.length;
}
for (const line of sanitizer.slice(0, 10)) console.log(`  ${line}`);
if (bad) console.log(`logs are in ${folder}`);
else rmSync(folder, { recursive: true });
process.exit(bad ? 1 : 0);
