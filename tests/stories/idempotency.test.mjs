// The same request with the same Idempotency-Key is done once and answered alike.
import assert from 'node:assert/strict';
import { chosen, peopleCsv, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const keyed = (key) => ({ headers: { 'idempotency-key': key } });
const ada = { user_name: 'ada', display_name: 'Ada' };
const problem = (answer) => [answer.status, answer.body.type];

story('a person is made once, however often it is asked for', async ({ pomona }) => {
  const add = (body, key) => pomona.ask('POST', '/api/v1/people', body, keyed(key));
  const first = await add(ada, 'k-1');
  assert.equal(first.status, 201);
  assert.equal(first.headers.get('idempotency-replayed'), null);
  const again = await add(ada, 'k-1');
  assert.deepEqual([again.status, again.body], [201, first.body]);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.deepEqual(problem(await add({ ...ada, display_name: 'Ada L.' }, 'k-1')), [409, '/problems/idempotency.other_request']);
  assert.deepEqual(problem(await pomona.ask('PATCH', `/api/v1/people/${first.body.id}`, ada, keyed('k-1'))), [409, '/problems/idempotency.other_request']);
  assert.equal((await add(ada, 'k 1')).status, 400);

  // A refusal did nothing: its key is free for what is right.
  assert.equal((await add({ user_name: '' }, 'k-2')).status, 400);
  assert.equal((await add({ user_name: 'bob', display_name: 'Bob' }, 'k-2')).status, 201);

  // Ten at once: one person. Who comes while it is worked on is told to ask again.
  const crowd = await Promise.all(Array.from({ length: 10 }, () => add({ user_name: 'cyd', display_name: 'Cyd' }, 'k-3')));
  for (const answer of crowd) if (answer.status !== 201) assert.deepEqual(problem(answer), [409, '/problems/idempotency.running']);
  const ids = new Set(crowd.filter((a) => a.status === 201).map((a) => a.body.id));
  assert.equal(ids.size, 1);
  assert.equal((await pomona.people()).length, 3);

  // Somebody else's key is another key.
  const token = pomona.token;
  pomona.token = await pomona.makeToken('another', 'owner');
  assert.deepEqual(problem(await add(ada, 'k-1')), [409, '/problems/person.exists']);
  pomona.token = token;
});

story('every operation that changes something keeps its key', async (w) => {
  const { twin, pomona } = w;
  const location = await school(w, ['ada', 'bob']);
  const twice = async (method, path, body, options = {}) => {
    const key = `${method} ${path}`.replace(/[^a-z/]/gi, '-');
    const ask = () => pomona.ask(method, path, body, { ...options, ...keyed(key) });
    const [first, again] = [await ask(), await ask()];
    assert.ok(first.status < 300, `${method} ${path}: ${JSON.stringify(first.body)}`);
    // What became a job gives it as it is by now.
    const told = (answer) => (options.isJob ? answer.body.job.id : answer.body);
    assert.deepEqual([again.status, told(again)], [first.status, told(first)], `${method} ${path}`);
    return first.body;
  };
  const writes = async () => (await twin.calls()).filter((c) => c.method === 'POST').length;

  const before = await writes();
  await twice('POST', `/api/v1/locations/${location.id}/take-back`);
  assert.equal(await writes(), before + 1);

  const uploaded = await twice('POST', '/api/v1/imports?kind=people', peopleCsv(['cyd']), { type: 'text/csv' });
  const other = await pomona.ask('POST', '/api/v1/imports?kind=people', peopleCsv(['dan']), { type: 'text/csv', ...keyed('POST-/api/v-/imports-kind-people') });
  assert.deepEqual(problem(other), [409, '/problems/idempotency.other_request']);
  await twice('POST', `/api/v1/imports/${uploaded.id}/apply`, undefined, { isJob: true });

  const selection = await chosen(pomona, ['ada']);
  await pomona.job(await pomona.act('invite', { location: location.id, selection }));
  await pomona.patch(`/api/v1/people/${selection.ids[0]}`, { email: 'ada.new@orchard.example.org' });
  const plan = await pomona.does('sync', { location: location.id, mode: 'plan' });
  await twice('POST', `/api/v1/jobs/${plan.id}/apply`, { only: { kinds: ['update'] } });
  await pomona.job(plan);
  const second = await pomona.does('sync', { location: location.id, mode: 'plan' });
  assert.equal(second.state, 'done', 'nothing is left to plan');

  await pomona.patch(`/api/v1/people/${selection.ids[0]}`, { email: 'ada.newer@orchard.example.org' });
  const dropped = await pomona.does('sync', { location: location.id, mode: 'plan' });
  await twice('POST', `/api/v1/jobs/${dropped.id}/cancel`);
  await twice('DELETE', `/api/v1/people/${(await pomona.person('bob')).id}`);
  const acts = (await pomona.get('/api/v1/audit?limit=200')).items.map((row) => row.act);
  for (const act of ['location.take_back', 'import.apply', 'jobs.apply', 'jobs.cancel'])
    assert.equal(acts.filter((a) => a === act).length, act === 'import.apply' ? 3 : 1, act);
});

story('a secret that is shown once is not kept for a repeat', async ({ pomona }) => {
  const make = () => pomona.ask('POST', '/api/v1/api-tokens', { name: 'backup', role: 'auditor' }, keyed('t-1'));
  assert.equal((await make()).status, 201);
  assert.deepEqual(problem(await make()), [409, '/problems/idempotency.answer_lost']);
  const { items } = await pomona.get('/api/v1/api-tokens');
  assert.equal(items.filter((t) => t.name === 'backup').length, 1);
});

for (const [place, status] of [['request.claimed', 201], ['request.acted', 409]]) {
  story(`killed at ${place}, a repeat finds out what became of it`, async ({ pomona, expectLog }) => {
    expectLog(/./);
    await pomona.program.stop();
    pomona.env = { POMONA_KILL_AT: place };
    await pomona.start();
    await pomona.ask('POST', '/api/v1/people', ada, keyed('k-9')).catch(() => {});
    await waitFor(`it dies at ${place}`, async () => pomona.program.end);
    pomona.env = {};
    await pomona.start();
    const again = await pomona.ask('POST', '/api/v1/people', ada, keyed('k-9'));
    assert.equal(again.status, status, JSON.stringify(again.body));
    if (status === 409) assert.equal(again.body.type, '/problems/idempotency.answer_lost');
    assert.equal((await pomona.people()).length, 1);
  });
}
