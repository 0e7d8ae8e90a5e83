// Sync, both ways: what changed here is brought to Apple, what changed there shows here.
import assert from 'node:assert/strict';
import { chosen, devicesCsv, mailOf, peopleCsv, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

async function invited(w, who) {
  const location = await school(w, who);
  const job = await w.pomona.does('invite', { location: location.id, selection: await chosen(w.pomona, who) });
  assert.equal(job.state, 'done', JSON.stringify(job));
  return location;
}

story('an e-mail address changed here is changed at Apple', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob']);
  const ada = await pomona.person('ada');
  await pomona.patch(`/api/v1/people/${ada.id}`, { email: 'ada.new@orchard.example.org' });
  const plan = await pomona.post('/api/v1/vpp-users/sync?dry_run=1', { location: location.id, selection: { ids: [ada.id] } });
  assert.equal(plan.will_do, 1, JSON.stringify(plan));
  const job = await pomona.does('sync', { location: location.id, selection: { ids: [ada.id] } });
  assert.equal(job.state, 'done');
  assert.equal((await twin.users('email=ada.new@orchard.example.org')).length, 1);
  const items = await pomona.items(job);
  assert.ok(items.some((i) => i.kind === 'update' && i.state === 'done'), JSON.stringify(items));
});

story('a user deactivated here is retired at Apple', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob']);
  await pomona.import('people', peopleCsv(['bob'], { bob: { active: 'no' } }));
  const job = await pomona.does('sync', { location: location.id });
  assert.equal(job.state, 'done', JSON.stringify(job));
  const [bob] = await twin.users(`email=${mailOf('bob')}`);
  assert.equal(bob.status, 'Retired');
  await pomona.shows('bob', 'no VPP user', (p) => ['none', 'removed'].includes(p.vpp.state));
  assert.equal((await twin.users(`email=${mailOf('ada')}`))[0].status, 'Registered');
});

story('accepted and retired at Apple show here after a sync of everything', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob', 'cyd']);
  await twin.knobs({ notify_lost_percent: 100 });
  await twin.accept({ email: mailOf('ada'), account: 'ada@store.example' });
  await twin.post('/control/locations/first/retire', { email: mailOf('bob') });
  const job = await pomona.does('sync', { location: location.id });
  assert.equal(job.state, 'done');
  await pomona.shows('ada', 'Associated', (p) => p.vpp.state === 'associated');
  await pomona.shows('bob', 'gone at Apple', (p) => !['registered', 'invited', 'associated'].includes(p.vpp.state));
  // Never made again by itself.
  assert.equal((await twin.counts()).creates_applied, 3);
});

story('a plan changes nothing until it is applied', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob']);
  const ada = await pomona.person('ada');
  const bob = await pomona.person('bob');
  await pomona.patch(`/api/v1/people/${ada.id}`, { email: 'planned@orchard.example.org' });
  await pomona.patch(`/api/v1/people/${bob.id}`, { email: 'planned.bob@orchard.example.org' });
  const planned = await pomona.does('sync', { location: location.id, mode: 'plan' });
  assert.equal(planned.state, 'planned', JSON.stringify(planned));
  assert.equal((await twin.calls('operation=users.update')).length, 0);
  const items = await pomona.items(planned);
  assert.deepEqual(items.filter((i) => i.kind === 'update').map((i) => i.state), ['planned', 'planned']);
  // Another address than the one that was approved is not sent in its name.
  await pomona.patch(`/api/v1/people/${bob.id}`, { email: 'later.bob@orchard.example.org' });
  await pomona.post(`/api/v1/jobs/${planned.id}/apply`);
  const job = await waitFor('the plan is applied', async () => {
    const { state } = await pomona.job(planned.id);
    return state !== 'planned' && state;
  });
  assert.equal(job, 'done');
  assert.equal((await twin.users('email=planned@orchard.example.org')).length, 1);
  assert.equal((await twin.users(`email=${mailOf('bob')}`)).length, 1);
  const moved = (await pomona.items(planned)).find((i) => i.person.id === bob.id);
  assert.deepEqual([moved.state, /changed since the plan was made/.test(moved.reason)], ['not_needed', true]);
  await pomona.does('sync', { location: location.id });
  assert.equal((await twin.users('email=later.bob@orchard.example.org')).length, 1);
});

story('users of another system are listed, not touched', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada']);
  await twin.post('/control/locations/first/users', { client_user_id: 'theirs-1', email: 'stranger@elsewhere.example' });
  const job = await pomona.does('sync', { location: location.id });
  assert.equal(job.state, 'done');
  const [stranger] = await twin.users('client_user_id=theirs-1');
  assert.equal(stranger.status, 'Registered');
  assert.ok((await pomona.items(job)).some((i) => i.kind === 'foreign'), 'the stranger is listed');
});

story('small pages, a version that moves, and limits that change', async (w) => {
  const { twin, pomona } = w;
  await twin.knobs({ page_size: 2, limits: { maxUsers: 2 } });
  const who = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'];
  const location = await invited(w, who);
  assert.equal((await twin.counts()).registered, 7);
  await twin.knobs({ move_versions: 3, notify_lost_percent: 100 });
  await twin.accept({ count: 7 });
  const job = await pomona.does('sync', { location: location.id });
  assert.equal(job.state, 'done', JSON.stringify(job));
  for (const name of who) await pomona.shows(name, 'Associated', (p) => p.vpp.state === 'associated');
});

story('another MDM takes the location while batches leave: the first answer that shows it is the last write', async (w) => {
  const { twin, pomona } = w;
  w.expectLog(/lane\.held.*Other MDM manages/);
  await twin.knobs({ limits: { maxUsers: 2 } });
  const location = await invited(w, ['ada']);
  const who = ['ada', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7', 'b8', 'b9'];
  await pomona.import('people', peopleCsv(who));
  await pomona.import('devices', devicesCsv(who));
  await twin.post('/control/locations/first/mdm-info', { id: 'foreign', name: 'Other MDM', metadata: 'x' });
  const before = (await twin.calls()).length;
  await pomona.act('invite', { location: location.id, selection: await chosen(pomona, who.slice(1)) });
  await waitFor('the location shows who took it', async () => (await pomona.get(`/api/v1/locations/${location.id}`)).owner.state === 'foreign');
  const creates = (await twin.calls()).slice(before).filter((c) => c.operation === 'users.create');
  assert.equal(creates.length, 1, 'five batches were ready');
});

story('another MDM takes the location: no write after the first sign of it', async (w) => {
  const { twin, pomona } = w;
  w.expectLog(/lane\.held.*Other MDM manages/);
  const location = await invited(w, ['ada']);
  await pomona.import('people', peopleCsv(['bob']));
  await pomona.import('devices', devicesCsv(['ada', 'bob']));
  await twin.post('/control/locations/first/mdm-info', { id: 'foreign', name: 'Other MDM', metadata: 'x' });
  await pomona.act('sync', { location: location.id });
  await waitFor('the location shows who took it', async () => (await pomona.get(`/api/v1/locations/${location.id}`)).owner.state === 'foreign');
  const before = (await twin.calls()).length;
  await pomona.ask('POST', '/api/v1/vpp-users/invite', { location: location.id, selection: await chosen(pomona, ['bob']) });
  await pomona.ask('POST', '/api/v1/vpp-users/sync', { location: location.id });
  await waitFor('it was looked at again', async () => (await pomona.get(`/api/v1/locations/${location.id}`)).owner.name === 'Other MDM');
  const writes = (await twin.calls()).slice(before).filter((c) => c.method === 'POST');
  assert.deepEqual(writes, []);
});

story('a file that leaves nobody in school is no reason to delete everybody, and a script is told so', async (w) => {
  const { pomona, twin } = w;
  const people = ['ada', 'bob', 'cyd'];
  const location = await invited(w, people);
  await pomona.import('people', peopleCsv(people, Object.fromEntries(people.map((name) => [name, { active: 'no' }]))));
  const asked = await pomona.cli('sync', '--plan', '--wait');
  assert.deepEqual([asked.code, /It waits until a person/.test(asked.stdout)], [0, false], 'a plan that was asked for is not held back');
  const { code, stdout, stderr } = await pomona.cli('sync', '--wait');
  const [job] = (await pomona.get('/api/v1/jobs?kind=sync')).items;
  assert.equal(job.state, 'planned');
  assert.match(job.wait.reason, /would retire 3 of 3 people.*until a person applies/);
  assert.notEqual(code, 0, stdout);
  assert.match(stdout + stderr, /would retire 3 of 3 people/);
  assert.equal((await twin.counts()).retired, 0);
  // One comes back meanwhile: that row of the plan is not forced, the others are what was approved.
  await pomona.import('people', peopleCsv(['bob']));
  await pomona.post(`/api/v1/jobs/${job.id}/apply`);
  assert.equal((await pomona.ask('POST', `/api/v1/jobs/${job.id}/apply`)).body.type, '/problems/job.not_planned');
  await pomona.job(job);
  assert.equal((await twin.counts()).retired, 2);
  await pomona.shows('bob', 'still there', (p) => p.vpp.state === 'invited');
  assert.equal((await pomona.does('sync', { location: location.id })).total, 0);
});
