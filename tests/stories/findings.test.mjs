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
  assert.equal(finding.repair, 'retire');
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

story('a whole group is looked at first, then repaired by one job that can be followed', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob', 'cyd', 'dan']);
  for (const who of ['ada', 'bob', 'cyd']) await twin.post('/control/locations/first/retire', { email: mailOf(who) });
  await twin.post('/control/locations/first/users', { client_user_id: 'theirs-1', email: 'stranger@elsewhere.example' });
  await pomona.does('sync', { location: location.id });
  const groups = (await pomona.get('/api/v1/findings/groups')).items;
  assert.deepEqual(groups.map(({ kind, count, repairable, repair }) => [kind, count, repairable, repair]), [['foreign', 1, 1, 'retire'], ['retired_elsewhere', 3, 3, 'invite']]);
  assert.deepEqual((await pomona.get('/api/v1/findings/groups?state=solved')).items, []);

  const bob = await pomona.person('bob');
  await pomona.patch(`/api/v1/people/${bob.id}`, { active: false });
  const wish = { location: location.id, kind: 'retired_elsewhere', how: 'invite' };
  const seen = await pomona.post('/api/v1/findings/repair?dry_run=1', wish);
  assert.deepEqual([seen.findings, seen.gone, seen.without, seen.people.will_do, seen.people.will_skip], [3, 0, 0, 2, 1]);
  assert.equal(seen.people.skip[0].person.display_name, 'bob Apple');
  assert.deepEqual((await open(pomona)).length, 4, 'a preview changes nothing');

  const moved = await pomona.ask('POST', '/api/v1/findings/repair', { ...wish, expected: 2 });
  assert.deepEqual([moved.status, moved.body.type], [409, '/problems/selection.moved'], JSON.stringify(moved.body));
  const none = await pomona.ask('POST', '/api/v1/findings/repair', { ...wish, how: 'delete' });
  assert.deepEqual([none.status, none.body.type], [409, '/problems/finding.no_such_repair'], JSON.stringify(none.body));

  const { job } = await pomona.post('/api/v1/findings/repair', { ...wish, expected: 3 });
  assert.deepEqual([job.kind, job.total], ['invite', 3]);
  const { items: asked } = await pomona.get('/api/v1/findings?kind=retired_elsewhere');
  assert.deepEqual(asked.map((one) => one.repair_job), [job.id, job.id, job.id]);
  await waitFor('the two that are still here are registered again', async () => (await open(pomona, '&kind=retired_elsewhere')).length === 1);
  await pomona.job(job);
  assert.equal((await twin.users(`email=${mailOf('bob')}`)).length, 1, 'nobody was invited who is not active');
});

story('chosen findings are left as they are, the others stay', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada']);
  for (const n of [1, 2, 3]) await twin.post('/control/locations/first/users', { client_user_id: `theirs-${n}`, email: `stranger${n}@elsewhere.example` });
  await pomona.does('sync', { location: location.id });
  const found = await open(pomona);
  const wish = { kind: 'foreign', how: 'leave' };
  const seen = await pomona.post('/api/v1/findings/repair?dry_run=1', { ...wish, ids: [found[0].id, 999_999] });
  assert.deepEqual([seen.findings, seen.gone], [1, 1]);
  assert.deepEqual(await pomona.post('/api/v1/findings/repair', { ...wish, ids: [found[0].id], expected: 1 }), { left: 1, job: null });
  assert.equal((await open(pomona)).length, 2);
  const again = await pomona.ask('POST', '/api/v1/findings/repair', { ...wish, ids: [found[0].id], expected: 1 });
  assert.equal(again.status, 409, JSON.stringify(again.body));
  assert.deepEqual(await pomona.post('/api/v1/findings/repair', { ...wish, exclude: [found[1].id], expected: 1 }), { left: 1, job: null });
  assert.deepEqual((await open(pomona)).map((one) => one.id), [found[1].id]);
  const { items: [act] } = await pomona.get('/api/v1/audit?act=finding.leave');
  assert.equal(act.detail.findings, 1);
  for (const bad of [{ ids: 'all' }, { ids: [] }, { kind: 'mine' }, { how: 'burn' }, { more: 1 }])
    assert.equal((await pomona.ask('POST', '/api/v1/findings/repair', { ...wish, ...bad })).status, 400, JSON.stringify(bad));
});

story('who accepted with another Apple Account can be deleted from VPP, by name and all at once', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob']);
  for (const who of ['ada', 'bob']) await twin.accept({ email: mailOf(who), account: 'family@store.example' });
  await pomona.does('sync', { location: location.id });
  const found = await open(pomona);
  assert.ok(found.length >= 1 && found.every((one) => one.repair === 'delete'), JSON.stringify(found));
  const wish = { kind: 'shared_account', how: 'delete', ids: found.map((one) => one.id) };
  const seen = await pomona.post('/api/v1/findings/repair?dry_run=1', wish);
  assert.equal(seen.people.will_do, found.length);
  const { job } = await pomona.post('/api/v1/findings/repair', { ...wish, expected: found.length });
  assert.equal(job.kind, 'delete');
  await waitFor('the job ends', async () => (await pomona.job(job.id)).state === 'done');
  await pomona.does('sync', { location: location.id });
  assert.deepEqual(await open(pomona), []);
});

story('strangers and second records are retired when an admin asks for it, and nobody else is', async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w, ['ada', 'bob']);
  for (const [id, email] of [['theirs-1', 'one@elsewhere.example'], ['theirs-2', 'two@elsewhere.example'], ['theirs-3', 'three@elsewhere.example'], ['ada-twice', mailOf('ada')]])
    await twin.post('/control/locations/first/users', { client_user_id: id, email });
  await pomona.does('sync', { location: location.id });
  const strangers = await open(pomona, '&kind=foreign');
  assert.deepEqual(strangers.map((one) => one.repair), ['retire', 'retire', 'retire']);
  const keep = strangers.find((one) => one.subject === 'theirs-3');

  const wish = { location: location.id, kind: 'foreign', how: 'retire', exclude: [keep.id] };
  const seen = await pomona.post('/api/v1/findings/repair?dry_run=1', wish);
  assert.deepEqual([seen.findings, seen.people.will_do, seen.people.will_skip], [2, 2, 0]);
  assert.deepEqual(seen.people.will.map((one) => one.person.display_name).sort(), ['one@elsewhere.example', 'two@elsewhere.example']);
  const moved = await pomona.ask('POST', '/api/v1/findings/repair', { ...wish, expected: 3 });
  assert.equal(moved.status, 409);
  const { job } = await pomona.post('/api/v1/findings/repair', { ...wish, expected: 2 });
  assert.equal(job.kind, 'delete');
  // A sync in the middle does not take it for somebody's who is at Apple.
  await pomona.act('sync', { location: location.id });
  assert.equal((await pomona.job(job)).done, 2);
  await waitFor('their findings are over', async () => (await open(pomona, '&kind=foreign')).length === 1);
  const { items: over } = await pomona.get('/api/v1/findings?state=solved&kind=foreign');
  assert.deepEqual(over.map((one) => one.repair_job), [job.id, job.id]);

  const [second] = await open(pomona, '&kind=second_record');
  const one = await pomona.post(`/api/v1/findings/${second.id}/repair`, { how: 'retire' });
  assert.equal((await pomona.job(one.job)).done, 1);
  await waitFor('that one is over, too', async () => (await open(pomona, '&kind=second_record')).length === 0);
  assert.equal((await pomona.ask('POST', `/api/v1/findings/${second.id}/repair`, { how: 'retire' })).status, 409);

  const status = async (id) => (await twin.users('')).find((user) => user.client_user_id === id)?.status;
  assert.deepEqual([await status('theirs-1'), await status('theirs-2'), await status('theirs-3'), await status('ada-twice')],
    ['Retired', 'Retired', 'Registered', 'Retired']);
  assert.equal((await pomona.person('ada')).vpp.state, 'invited');
  assert.equal((await pomona.person('bob')).vpp.state, 'invited');
  const retires = (await twin.get('/control/applied?kind=RETIRE&limit=1000')).items;
  assert.equal(retires.length, 3);
});
