// A person leaves: what happens at Apple is told before, and done now or by the next sync.
import assert from 'node:assert/strict';
import { chosen, mailOf, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';

const at = (person) => `/api/v1/people/${person.id}`;
const statusOf = async (twin, name) => (await twin.users(`email=${mailOf(name)}`))[0].status;

async function invited(w, who) {
  const location = await school(w, who);
  const job = await w.pomona.does('invite', { location: location.id, selection: await chosen(w.pomona, who) });
  assert.equal(job.state, 'done', JSON.stringify(job));
  return location;
}

story('who is deleted is retired at Apple, now or by the next sync, and it is told before', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob', 'cyd']);
  const ada = await pomona.person('ada');
  const { vpp_users: told } = await pomona.good('DELETE', `${at(ada)}?dry_run=1`);
  assert.deepEqual(told.map((place) => [place.location.id, place.will_retire]), [[location.id, true]]);
  assert.match(told[0].what, /retire/i);
  assert.equal((await pomona.person('ada')).id, ada.id, 'a preview deletes nobody');

  const { jobs } = await pomona.good('DELETE', `${at(ada)}?retire=1`);
  const job = await pomona.job(jobs[0]);
  assert.deepEqual([job.kind, job.state, job.done], ['delete', 'done', 1], JSON.stringify(job));
  assert.equal(await statusOf(twin, 'ada'), 'Retired');
  assert.equal(await pomona.person('ada'), undefined);

  const bob = await pomona.person('bob');
  assert.equal((await pomona.ask('DELETE', at(bob))).status, 204);
  assert.equal(await statusOf(twin, 'bob'), 'Registered');
  await pomona.does('sync', { location: location.id });
  assert.equal(await statusOf(twin, 'bob'), 'Retired');

  // On the command line; and where Pomona only observes, nothing happens at Apple.
  await pomona.put(`/api/v1/locations/${location.id}/mode`, { mode: 'observe' });
  const { code, stderr } = await pomona.cli('people', 'remove', 'cyd', '--retire', '--yes');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /only observes/);
  assert.equal(await statusOf(twin, 'cyd'), 'Registered');
  assert.equal(await pomona.person('cyd'), undefined);
});
