// Random kills: by time, at named points, and while the server recovers, in an unkind world that is repeated by seed.
import { pause } from '../stories/lib/wait.mjs';
import { Oracle } from './lib/oracle.mjs';
import { World } from './lib/world.mjs';
import { points } from './points.mjs';

// The named points that such a world comes to; script/torture --points visits the others.
const areas = ['action', 'call', 'commit', 'event', 'job', 'lane', 'licences', 'look', 'message', 'notice', 'plan', 'read', 'sync', 'traffic', 'wait', 'wire'];
const usual = points.filter((point) => areas.includes(point.split('.')[0]));
const passes = { commit: 40, wire: 20 }; /* come often, so not always at the first */

const unkind = {
  busy_percent: 2, cut_percent: 2, disorder_keys: 1, unknown_keys: 1, notify_duplicate_percent: 10,
  notify_disorder_percent: 10, notify_lost_percent: 5,
};
const network = { delay: 15, drop: 2, cut: 2, halfClose: 1, delayMs: 250 };

async function live(world) {
  const { random } = world;
  const how = random.below(100);
  if (how < 20) { /* during recovery */
    world.spawn();
    await pause(random.below(150));
    if (world.isAlive) await world.kill();
    return 'recovery';
  }
  const point = random.pick(usual);
  const atPoint = how < 50 ? `${point}:${random.between(1, passes[point.split('.')[0]] ?? 3)}` : undefined;
  world.spawn(atPoint ? { POMONA_KILL_AT: atPoint } : {});
  await world.pomona.program.ports().catch(() => {});
  const ms = random.percent(15) ? random.between(800, 2500) : random.between(10, 500);
  const died = await world.diedAt(atPoint ? ms + 600 : ms);
  if (!died) await world.kill();
  if (died && !atPoint) throw new Error('the server ended by itself; its log says why');
  return died ? atPoint : 'time';
}

// One world with that many kills; {oracle, kills, faults, folder, byPoint}.
export async function killWorld({ seed, kills, database, plant, people = 24 }) {
  const world = await World.make({ seed, database, plant, people });
  const byPoint = {};
  await world.twin.knobs(unkind);
  Object.assign(world.proxy.manners, network);
  if (world.random.percent(30)) await world.twin.smtp({ verb: 'dot', close: true, count: 2 });
  await world.kill();
  const driving = world.driver.run();
  for (let i = 1; i < kills; i++) {
    const how = await live(world);
    byPoint[how.split(':')[0]] = (byPoint[how.split(':')[0]] ?? 0) + 1;
  }
  await world.settleDown();
  await driving;
  const oracle = await new Oracle(world).judge();
  return { oracle, world, kills: world.kills.length, byPoint, promises: world.driver.promises.length, faults: await world.end() };
}
