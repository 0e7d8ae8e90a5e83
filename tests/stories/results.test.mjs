// What became of a job, by cause; its items by kind; the jobs of one person.
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
