// Every named place where the process may die (KILL_POINT in src/), visited once each. The list is read from the source,
// so that a new point without a way to it, or one that is not reached, fails.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Oracle } from './lib/oracle.mjs';
import { World } from './lib/world.mjs';
import { wayTo } from './ways.mjs';

const source = fileURLToPath(new URL('../../src', import.meta.url));

function namesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
    const path = join(folder, one.name);
    if (one.isDirectory()) return namesIn(path);
    return one.name.endsWith('.c') ? [...readFileSync(path, 'utf8').matchAll(/KILL_POINT\("([^"]+)"\)/g)].map(([, name]) => name) : [];
  });
}

export const points = [...new Set(namesIn(source))].sort();

// One point in a world of its own: the life that dies there, a life without faults after it, and the six counts.
export async function visit(point, { seed, databases }) {
  const way = wayTo(point);
  const world = await World.make({ people: 6, seed, database: await databases?.fresh(), ...way.world });
  const result = { point, world };
  try {
    world.spare = await databases?.fresh();
    await way.before?.(world);
    if (world.isAlive) await world.kill();
    await way.meanwhile?.(world);
    world.spawn({ POMONA_KILL_AT: point });
    const going = way.go(world).then(() => undefined, (error) => error);
    result.isReached = await world.diedAt(25_000);
    if (!result.isReached) throw new Error(`${point} was not reached`);
    await way.after?.(world);
    await world.start();
    const trouble = await going;
    if (trouble) throw trouble;
    await way.then?.(world);
  } catch (error) {
    result.failure = error.message.split('\n')[0];
  }
  try {
    await world.settleDown(45_000);
    result.oracle = await new Oracle(world).judge();
  } catch (error) {
    result.failure ??= error.message.split('\n')[0];
  }
  result.faults = await world.end();
  result.isGood = !result.failure && !result.faults.length && result.oracle?.isClean === true;
  return result;
}
