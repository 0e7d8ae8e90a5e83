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
