// What invite.mjs, churn.mjs and crash.mjs share: a world of its own, people through the door that an admin uses, what the twin was asked.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { world } from './world.mjs';
import { waitFor } from '../tests/stories/lib/wait.mjs';

const IMPORT_ROWS = 400_000; // of the 64 MiB that a file may hold
const login = (n) => `u${String(n).padStart(7, '0')}`;

async function importRows(pomona, kind, header, count, row) {
  for (let at = 1; at <= count; at += IMPORT_ROWS) {
    const csv = [header, ...Array.from({ length: Math.min(IMPORT_ROWS, count - at + 1) }, (_, i) => row(at + i))].join('\n');
    const made = await pomona.post(`/api/v1/imports?kind=${kind}`, csv, { type: 'text/csv' });
    await waitFor(`the ${kind} file is read`, async () => (await pomona.get(`/api/v1/imports/${made.id}`)).state === 'preview', { within: 3_600_000 });
    await pomona.job(await pomona.post(`/api/v1/imports/${made.id}/apply`), { within: 3_600_000 });
  }
}

export const importUsers = (pomona, count, { mailOf = (n) => `${login(n)}@orchard.example.org` } = {}) =>
  importRows(pomona, 'people', 'user_name,display_name,email', count, (n) => `${login(n)},${login(n)} Apple,${mailOf(n)}`);

// Each has an activated iPad, and is eligible by it.
export const importIpads = (pomona, count) =>
  importRows(pomona, 'devices', 'serial_number,platform,enrolment_type,state,user', count, (n) => `ZZ${String(n).padStart(9, '0')},iPadOS,device,activated,${login(n)}`);

// Calls by operation, since the twin's start.
export const operations = async (twin) => Object.fromEntries(Object.entries((await twin.get('/control/state')).operations)
  .map(([name, count]) => [name, count.asked]));
export const difference = (after, before) => Object.fromEntries(Object.keys(after)
  .map((key) => [key, after[key] - (before[key] ?? 0)]).filter(([, count]) => count > 0));
export const sum = (counts) => Object.values(counts).reduce((a, b) => a + b, 0);

// A world of its own for a measurement, and nothing of it afterwards.
export async function inWorld({ scratch }, name, work, options = {}) {
  const folder = join(scratch, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const w = await world(folder, options);
  try {
    return await work(w);
  } finally {
    await w.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const count = (n) => n.toLocaleString('en');
