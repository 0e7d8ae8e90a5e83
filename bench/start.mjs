// W8 and W9: from exec to the first page, once after a clean end and once after kill -9.
import { now } from './world.mjs';
import { timed } from './reads.mjs';

export async function starts(w) {
  const { pomona } = w;
  const row = {};
  for (const [name, end] of [['clean', () => pomona.program.stop()], ['kill', () => pomona.kill()]]) {
    await end();
    const started = now();
    await pomona.start(); // waits for the port file, looking each 50 ms
    await timed(pomona, '/api/v1/people?limit=50');
    row[name] = now() - started;
  }
  return { ...row, memory: pomona.memory() };
}
