// What would become of a job, and what became of it, by cause; its items by kind; the jobs of one person.
import assert from 'node:assert/strict';
import { faultsOf } from './lib/contract.mjs';
import { chosen, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';

story('a job says what became of it by cause, and whose jobs there are', async (w) => {
  const { pomona } = w;
  const who = ['ada', 'bob', 'cyd', 'dan'];
  await school(w, who, { more: { bob: { email: '' }, cyd: { email: '' }, dan: { state: 'pending' } } });
  const done = await pomona.does('invite', { selection: await chosen(pomona, who) });
  const path = `/api/v1/jobs/${done.id}/results`;
  const answer = await pomona.ask('GET', path);
  assert.deepEqual(faultsOf('GET', path, answer.status, answer.headers.get('content-type') ?? '', answer.body), []);
  const { items } = answer.body;
  assert.deepEqual(items.map((one) => `${one.kind} ${one.state} ${one.count}`), ['message failed 2', 'message done 1', 'skip skipped 1']);
  assert.match(items[0].reason, /e-mail/);

  const people = async (query) => (await pomona.get(`/api/v1/jobs/${done.id}/items?${query}`)).items.map((one) => one.person.display_name);
  assert.deepEqual(await people('kind=message'), ['ada Apple', 'bob Apple', 'cyd Apple']);
  assert.deepEqual(await people('kind=message&state=failed&limit=1'), ['bob Apple']);
  assert.equal((await pomona.get(`/api/v1/jobs/${done.id}/items?kind=message&state=failed&limit=1&count=1`)).total, 2);

  const again = await pomona.does('invite', { selection: await chosen(pomona, ['ada']) });
  const jobsOf = async (name) => (await pomona.get(`/api/v1/jobs?kind=invite&person=${(await pomona.person(name)).id}`)).items.map((one) => one.id);
  assert.deepEqual(await jobsOf('ada'), [again.id, done.id]);
  assert.deepEqual(await jobsOf('dan'), [done.id]);

  assert.deepEqual([(await pomona.get(`/api/v1/jobs/${done.id}`)).selection, again.selection], [{ chosen: 4 }, { chosen: 1 }]);
  assert.deepEqual(await people('q=CYD'), ['cyd Apple']);
  assert.deepEqual(await people('q=orchard.example&state=failed'), [], 'whose address is gone is not found by it');
  assert.deepEqual(await people('q=apple&state=failed'), ['bob Apple', 'cyd Apple']);
  assert.equal((await pomona.get(`/api/v1/jobs/${done.id}/items?q=apple&count=1&limit=1`)).total, 4);
  assert.equal((await pomona.ask('GET', `/api/v1/jobs/${done.id}/items?q=a&kind=message`)).status, 400);

  const file = await pomona.get(`/api/v1/jobs/${done.id}/items.csv?state=failed`);
  const lines = file.trim().split('\r\n');
  assert.match(lines[0], /user_name,display_name,email,what,state,apple_number,reason,detail,updated_at$/);
  assert.deepEqual(lines.slice(1).map((line) => line.split(',').slice(0, 5).join()), ['"bob","bob Apple","","message","failed"', '"cyd","cyd Apple","","message","failed"']);
  assert.equal((await pomona.get(`/api/v1/jobs/${done.id}/items.csv`)).trim().split('\r\n').length, 5);
  assert.deepEqual((await pomona.get('/api/v1/audit?act=jobs.export')).items.map((row) => row.target.id), [String(done.id), String(done.id)]);

  const would = await pomona.post(`/api/v1/jobs/${done.id}/retry?dry_run=1`);
  assert.deepEqual([would.selected, would.will_do], [2, 2], JSON.stringify(would));
  assert.equal((await pomona.get('/api/v1/jobs?kind=invite&count=1')).total, 2, 'a look makes no job');
  const retried = await pomona.job(await pomona.post(`/api/v1/jobs/${done.id}/retry`));
  assert.deepEqual(retried.selection, { retry_of: done.id, chosen: 2 });
  const many = await pomona.does('sync', { selection: { filter: { state: 'invited,registered', platform: 'iOS,iPadOS', active: true }, exclude: [(await pomona.person('ada')).id] } });
  assert.deepEqual(many.selection, { filter: { states: ['invited', 'registered'], active: true, platforms: ['iOS', 'iPadOS'] }, except: 1 });
});

story('jobs by who asked and when; plans that a newer one took the place of', async (w) => {
  const { pomona } = w;
  await school(w, ['ada', 'bob', 'cyd']);
  await pomona.does('invite', { selection: await chosen(pomona, ['ada', 'bob', 'cyd']) });
  await pomona.patch(`/api/v1/people/${(await pomona.person('ada')).id}`, { email: 'ada.new@orchard.example.org' });
  const plan = async () => pomona.job(await pomona.post('/api/v1/vpp-users/sync', { mode: 'plan' }));
  const [first, second] = [await plan(), await plan()];
  const ids = async (query) => (await pomona.get(`/api/v1/jobs?kind=sync&${query}`)).items.map((one) => one.id);
  const old = await pomona.get(`/api/v1/jobs/${first.id}`);
  assert.deepEqual([first.state, old.state, old.superseded], ['planned', 'cancelled', true]);
  assert.deepEqual(await ids('superseded=1'), [first.id]);
  assert.deepEqual(await ids('superseded=0'), [second.id]);
  assert.equal((await pomona.get(`/api/v1/jobs/${second.id}`)).superseded, false);

  // Of chosen people: one that plans for all of them and more takes the place of it, one that leaves somebody out does not.
  for (const name of ['bob', 'cyd']) await pomona.patch(`/api/v1/people/${(await pomona.person(name)).id}`, { email: `${name}.new@orchard.example.org` });
  const planFor = async (...who) => pomona.job(await pomona.post('/api/v1/vpp-users/sync', { mode: 'plan', selection: await chosen(pomona, who) }));
  const stateOf = async ({ id }) => { const { state, superseded } = await pomona.get(`/api/v1/jobs/${id}`); return superseded ? 'superseded' : state; };
  const both = await planFor('ada', 'bob');
  const one = await planFor('bob');
  assert.deepEqual([await stateOf(both), await stateOf(one), await stateOf(second)], ['planned', 'planned', 'planned']);
  const more = await planFor('ada', 'bob', 'cyd');
  assert.deepEqual([await stateOf(both), await stateOf(one), await stateOf(more)], ['superseded', 'superseded', 'planned']);
  const all = await plan();
  assert.deepEqual([await stateOf(more), await stateOf(second), await stateOf(all)], ['superseded', 'superseded', 'planned']);
  assert.ok((await ids(`by=${pomona.caller}`)).includes(second.id));
  assert.deepEqual(await ids('by=nobody'), []);
  assert.deepEqual(await ids('since=2099-01-01T00:00:00Z'), []);
  assert.deepEqual(await ids('until=2001-01-01T00:00:00Z'), []);
  assert.equal((await pomona.get('/api/v1/jobs?by=nobody&count=1')).total, 0);
});

// Of many people the server counts what it knows of their states and flags instead of looking at each: the same numbers.
async function countsAlike(pomona, filter, exclude) {
  for (const verb of ['invite', 'delete', 'sync']) {
    const ask = (look) => pomona.post(`/api/v1/vpp-users/${verb}?dry_run=1${look}`, { selection: { filter, exclude } });
    const [whole, quick] = [await ask(''), await ask('&look=1')];
    const numbers = ({ selected, will_do, will_skip, skip_reasons, counted }) => ({ selected, will_do, will_skip, counted,
      reasons: Object.fromEntries(skip_reasons.map((one) => [one.reason, one.count])) });
    assert.deepEqual(numbers(quick), numbers(whole), `${verb} ${JSON.stringify(filter)}`);
    assert.equal(quick.looked_at, 1);
    assert.equal(whole.looked_at, whole.selected);
  }
}

story('what would be done for many is counted as if each was looked at', async (w) => {
  const { pomona, twin } = w;
  const who = ['ada', 'bob', 'cyd', 'dan', 'eva', 'fay', 'gus'];
  await school(w, who, { more: { bob: { email: '' }, cyd: { active: 'no' }, dan: { state: 'pending' }, eva: { platform: 'tvOS' } } });
  await pomona.import('people', 'user_name,display_name\nhal,hal Apple');
  const { ids: [ada, cyd] } = await chosen(pomona, ['ada', 'cyd']);
  const everywhere = async () => {
    for (const filter of [{}, { state: 'none' }, { eligible: true }, { active: true, state: 'invited,failed,none' }])
      for (const exclude of [[], [ada, cyd]]) await countsAlike(pomona, filter, exclude);
  };
  await everywhere();
  await pomona.does('invite', { selection: { filter: {} } });
  await everywhere();
  await pomona.does('delete', { selection: await chosen(pomona, ['gus']) });
  await twin.knobs({ event_delay_ms: 5000 });
  await pomona.act('delete', { selection: await chosen(pomona, ['ada']) });
  await everywhere();
  const part = await pomona.post('/api/v1/vpp-users/invite?dry_run=1&look=2', { selection: { filter: { q: 'apple' } } });
  assert.deepEqual([part.counted, part.selected, part.looked_at, part.will_do + part.will_skip], ['part', 8, 2, 2]);
});
