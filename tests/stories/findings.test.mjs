// Findings: what is at Apple and was not done by us is kept, told, and ends when it is gone.
import assert from 'node:assert/strict';
import { chosen, mailOf, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const open = async (pomona, more = '') => (await pomona.get(`/api/v1/findings?state=open${more}`)).items;

async function invited(w, who) {
  const location = await school(w, who);
  const job = await w.pomona.does('invite', { location: location.id, selection: await chosen(w.pomona, who) });
  assert.equal(job.state, 'done', JSON.stringify(job));
  await w.twin.knobs({ notify_lost_percent: 100 });
  return location;
}

story('our own work leaves no finding behind', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob', 'cyd']);
  await twin.accept({ email: mailOf('ada'), account: 'ada@store.example' });
  const ada = await pomona.person('ada');
  await pomona.does('sync', { location: location.id });
  await pomona.patch(`/api/v1/people/${ada.id}`, { email: 'ada.new@orchard.example.org' });
  await pomona.does('sync', { location: location.id });
  await pomona.does('delete', { location: location.id, selection: await chosen(pomona, ['bob']) });
  await pomona.does('sync', { location: location.id });
  assert.deepEqual((await pomona.get('/api/v1/findings?count=1')).items, []);
});

story('a stranger at Apple is a finding until it is retired there', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada']);
  await twin.post('/control/locations/first/users', { client_user_id: 'theirs-1', email: 'stranger@elsewhere.example' });
  const job = await pomona.does('sync', { location: location.id });
  const [finding, ...more] = await open(pomona);
  assert.deepEqual(more, []);
  assert.equal(finding.kind, 'foreign');
  assert.equal(finding.subject, 'theirs-1');
  assert.equal(finding.job, job.id);
  assert.equal(finding.repair, null);
  assert.match(finding.detail, /stranger@elsewhere\.example/);
  const refused = await pomona.ask('POST', `/api/v1/findings/${finding.id}/repair`, { how: 'invite' });
  assert.equal(refused.status, 409);
  // It is the same finding at the next sync, last seen then.
  await pomona.does('sync', { location: location.id });
  const [again] = await open(pomona);
  assert.equal(again.id, finding.id);
  assert.ok(again.last_seen_at > finding.last_seen_at || again.last_seen_at === finding.last_seen_at);
  await twin.post('/control/locations/first/retire', { client_user_id: 'theirs-1' });
  await pomona.does('sync', { location: location.id });
  assert.deepEqual(await open(pomona), []);
  const { items: [solved] } = await pomona.get('/api/v1/findings?state=solved');
  assert.equal(solved.id, finding.id);
  assert.match(solved.solved_because, /retired/i);
});

story('a second record of a person is named as that, and may be left as it is', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada']);
  await twin.post('/control/locations/first/users', { client_user_id: 'ada-twice', email: mailOf('ada') });
  await pomona.does('sync', { location: location.id });
  const [finding] = await open(pomona);
  assert.equal(finding.kind, 'second_record');
  assert.equal(finding.person.display_name, 'ada Apple');
  const answer = await pomona.post(`/api/v1/findings/${finding.id}/repair`, { how: 'leave' });
  assert.equal(answer.job, null);
  assert.equal(answer.finding.state, 'solved');
  await pomona.does('sync', { location: location.id });
  assert.deepEqual(await open(pomona), []);
  assert.equal((await pomona.ask('POST', `/api/v1/findings/${finding.id}/repair`, { how: 'leave' })).status, 409);
});

story('retired by another hand: a finding whose repair invites again, and which then ends', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob']);
  await twin.post('/control/locations/first/retire', { email: mailOf('bob') });
  await pomona.does('sync', { location: location.id });
  const [finding, ...more] = await open(pomona);
  assert.deepEqual(more, []);
  assert.equal(finding.kind, 'retired_elsewhere');
  assert.equal(finding.person.display_name, 'bob Apple');
  assert.equal(finding.repair, 'invite');
  const { job } = await pomona.post(`/api/v1/findings/${finding.id}/repair`, { how: 'invite' });
  assert.equal(job.kind, 'invite');
  await waitFor('bob is registered again', async () => ['registered', 'invited'].includes((await pomona.person('bob')).vpp.state));
  await waitFor('the finding ends', async () => (await open(pomona)).length === 0);
  await pomona.job(job); // its message is on the way
  const { items: [solved] } = await pomona.get('/api/v1/findings?kind=retired_elsewhere');
  assert.equal(solved.repair_job, job.id);
});

story('an e-mail changed by another hand is found, and a sync sets it again', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob']);
  await twin.post('/control/locations/first/update', { email: mailOf('ada'), new_email: 'other@elsewhere.example' });
  await pomona.does('sync', { location: location.id, mode: 'plan' });
  const [finding] = await open(pomona, '&kind=email_elsewhere');
  assert.match(finding.detail, /other@elsewhere\.example/);
  assert.equal(finding.repair, 'sync');
  const { job } = await pomona.post(`/api/v1/findings/${finding.id}/repair`, { how: 'sync' });
  await waitFor('the sync ends', async () => (await pomona.job(job.id)).state === 'done');
  assert.equal((await twin.users(`email=${mailOf('ada')}`)).length, 1);
  await waitFor('the finding ends', async () => (await open(pomona)).length === 0);
});

story('one Apple Account behind two people is a finding', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob']);
  await twin.accept({ email: mailOf('ada'), account: 'family@store.example' });
  await twin.accept({ email: mailOf('bob'), account: 'family@store.example' });
  await pomona.does('sync', { location: location.id });
  const found = await open(pomona);
  assert.ok(found.length >= 1, JSON.stringify(found));
  assert.ok(found.every((one) => one.kind === 'shared_account'), JSON.stringify(found));
});

story('who was retired elsewhere and has another record there by now is not told to invite again', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada']);
  await pomona.does('sync', { location: location.id });
  await twin.post('/control/locations/first/retire', { email: mailOf('ada') });
  await pomona.does('sync', { location: location.id });
  const [finding] = await open(pomona);
  assert.deepEqual([finding.kind, finding.repair], ['retired_elsewhere', 'invite']);
  await twin.post('/control/locations/first/users', { client_user_id: 'theirs-1', email: mailOf('ada') });
  const job = await pomona.does('sync', { location: location.id });
  assert.ok((await pomona.items(job)).some((i) => i.kind === 'adopt' && i.state === 'done'));
  assert.deepEqual(await open(pomona), []);
  const again = await pomona.ask('POST', `/api/v1/findings/${finding.id}/repair`, { how: 'invite' });
  assert.deepEqual([again.status, again.body.type], [409, '/problems/finding.solved'], JSON.stringify(again.body));
  // Whoever wants it sent asks for it: their own record, by its own code.
  const sent = await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  assert.deepEqual([sent.done, sent.failed], [1, 0], JSON.stringify(sent));
  assert.equal((await twin.users(`email=${mailOf('ada')}`)).length, 2, 'no third record');
});
