// Observe only: Pomona reads, compares, plans and finds, and writes nothing at Apple.
import assert from 'node:assert/strict';
import { chosen, devicesCsv, mailOf, peopleCsv, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const at = (location) => `/api/v1/locations/${location.id}`;
const mode = (pomona, location, word) => pomona.ask('PUT', `${at(location)}/mode`, { mode: word });
const writes = async (twin) => (await twin.calls()).filter((c) => c.method !== 'GET');

async function refused(pomona, path, body) {
  const answer = await pomona.ask('POST', path, body);
  assert.deepEqual([answer.status, answer.body.type], [409, '/problems/location.observe_only'], JSON.stringify(answer.body));
  assert.match(answer.body.detail, /only observes/);
}

story('a location that is only observed is read and compared, and nothing is written at Apple', async (w) => {
  const { twin, pomona } = w;
  const who = ['ada', 'bob', 'cyd'];
  const location = await school(w, who);
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, who) });
  await twin.knobs({ notify_lost_percent: 100 });
  assert.equal(location.mode, 'manage');
  const observed = await mode(pomona, location, 'observe');
  assert.deepEqual([observed.status, observed.body.mode], [200, 'observe']);
  const before = (await writes(twin)).length;

  // What changed there shows here; what changed here is not brought there.
  await twin.accept({ email: mailOf('ada'), account: 'ada@store.example' });
  await pomona.import('people', peopleCsv(['bob', 'cyd'], { bob: { email: 'bob.new@orchard.example.org' }, cyd: { active: 'no' } }));
  const job = await pomona.does('sync', { location: location.id });
  assert.deepEqual([job.state, job.wait.reason], ['done', null], JSON.stringify(job));
  const items = Object.fromEntries((await pomona.items(job)).map((i) => [i.kind, i]));
  assert.equal(items.note_associated.state, 'done');
  for (const kind of ['update', 'retire']) {
    assert.equal(items[kind].state, 'skipped', JSON.stringify(items[kind]));
    assert.match(items[kind].reason, /only observes/);
  }
  await pomona.shows('ada', 'Associated', (p) => p.vpp.state === 'associated');

  // A plan can be made, and found out about.
  const plan = await pomona.does('sync', { location: location.id, mode: 'plan' });
  assert.equal(plan.state, 'planned');
  const selection = await chosen(pomona, ['ada']);
  await refused(pomona, '/api/v1/vpp-users/invite', { location: location.id, selection });
  await refused(pomona, '/api/v1/vpp-users/invite?dry_run=1', { location: location.id, selection });
  await refused(pomona, '/api/v1/vpp-users/delete', { location: location.id, selection });
  await pomona.post(`/api/v1/jobs/${plan.id}/apply`);
  const applied = await pomona.job(plan.id);
  assert.deepEqual([applied.state, applied.done, applied.skipped], ['done', 0, 2], JSON.stringify(applied));
  assert.equal((await writes(twin)).length, before, 'something was written at Apple');

  // Managed again, what was skipped is planned and done.
  assert.equal((await mode(pomona, location, 'manage')).body.mode, 'manage');
  const done = await pomona.does('sync', { location: location.id });
  assert.equal(done.done, 2, JSON.stringify(done));
  assert.equal((await twin.users('email=bob.new@orchard.example.org')).length, 1);
  const acts = (await pomona.get('/api/v1/audit')).items.map((r) => r.act);
  assert.ok(acts.includes('location.observe') && acts.includes('location.manage'), JSON.stringify(acts));
});

story('a location of another service can be looked at without touching it', async (w) => {
  const { twin, pomona } = w;
  await twin.post('/control/locations/first/mdm-info', { id: 'theirs', name: 'Other MDM', metadata: '1' });
  await twin.post('/control/locations/first/users', { client_user_id: 'theirs-1', email: mailOf('ada') });
  const { token_file: file } = await twin.get('/control/locations/first');
  const asked = await pomona.ask('POST', '/api/v1/locations', file, { type: 'application/octet-stream' });
  assert.deepEqual([asked.status, asked.body.type], [409, '/problems/location.owned_by_other']);
  const both = await pomona.ask('POST', '/api/v1/locations?observe=1&take_over=1', file, { type: 'application/octet-stream' });
  assert.equal(both.status, 400);
  const location = await pomona.addLocation(file, '?observe=1');
  assert.deepEqual([location.mode, location.owner.state, location.owner.name], ['observe', 'foreign', 'Other MDM']);
  assert.ok(location.owner.since);
  await pomona.import('people', peopleCsv(['ada']));
  await pomona.import('devices', devicesCsv(['ada']));
  const job = await pomona.does('sync', { location: location.id });
  assert.equal(job.state, 'done', JSON.stringify(job));
  await pomona.shows('ada', 'her record at Apple', (p) => p.vpp.state === 'registered');
  assert.deepEqual(await writes(twin), []);

  // A new token is taken without a mark of ours.
  const { token_file: fresh } = await twin.post('/control/locations/first/tokens');
  await pomona.good('PUT', `${at(location)}/token`, fresh, { type: 'application/octet-stream' });
  assert.deepEqual(await writes(twin), []);
  const owned = await mode(pomona, location, 'manage');
  assert.deepEqual([owned.status, owned.body.type], [409, '/problems/location.owned_by_other'], JSON.stringify(owned.body));
  assert.deepEqual(await writes(twin), []);

  // The other service changes hands: it is told.
  await twin.post('/control/locations/first/mdm-info', { id: 'third', name: 'Third MDM', metadata: '1' });
  await pomona.does('sync', { location: location.id });
  assert.equal((await pomona.get(at(location))).owner.name, 'Third MDM');

  const taken = await pomona.post(`${at(location)}/take-back`);
  assert.deepEqual([taken.mode, taken.owner.state], ['manage', 'ours']);
  assert.notEqual((await twin.get('/control/locations/first')).mdm_id, 'third');
});

story('after a take-over, observing ends what was held and reads on', async (w) => {
  const { twin, pomona } = w;
  w.expectLog(/lane\.held.*Other MDM manages/);
  const location = await school(w, ['ada', 'bob']);
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  await twin.post('/control/locations/first/mdm-info', { id: 'foreign', name: 'Other MDM', metadata: 'x' });
  await pomona.act('sync', { location: location.id });
  await waitFor('it shows who took it', async () => (await pomona.get(at(location))).owner.state === 'foreign');
  const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['bob']) });
  await waitFor('the job says why it waits', async () => /Other MDM manages/.test((await pomona.get(`/api/v1/jobs/${asked.job.id}`)).wait.reason));
  const before = (await writes(twin)).length;

  const { code, stdout } = await pomona.cli('location', 'observe');
  assert.equal(code, 0);
  assert.match(stdout, /Mode:\s+observe/);
  assert.match(stdout, /Other server:\s+Other MDM/);
  const ended = await pomona.job(asked);
  assert.equal(ended.state, 'done');
  const [item] = await pomona.items(ended);
  assert.deepEqual([item.state, item.reason], ['cancelled', 'Not sent: Pomona only observes this location now.']);
  await pomona.shows('bob', 'no VPP user', (p) => p.vpp.state === 'none' || p.vpp.state === 'removed');
  const job = await pomona.does('sync', { location: location.id });
  assert.equal(job.state, 'done', JSON.stringify(job));
  assert.equal((await pomona.cli('location', 'manage')).code, 5);
  assert.equal((await writes(twin)).length, before);
});
