// The promises of the engine: killed at every named point, asked in the wrong order, cancelled, tried again.
import assert from 'node:assert/strict';
import { chosen, mailOf, names, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const people = names(30);

// Starts the server so that it dies at the point, asks, starts it again, and follows the job to its end.
async function killedAt({ pomona }, point, verb, body) {
  await pomona.program.stop();
  pomona.env = { ...pomona.env, POMONA_KILL_AT: point };
  await pomona.start();
  await pomona.act(verb, body).catch(() => {});
  await waitFor(`the server dies at ${point}`, () => pomona.ask('GET', '/healthz').then(() => false, () => true));
  delete pomona.env.POMONA_KILL_AT;
  await pomona.kill();
  await pomona.start();
  const { items: [job] } = await pomona.get(`/api/v1/jobs?kind=${verb}&limit=1`);
  return pomona.job(job, { within: 60_000 });
}

for (const point of ['call.intended', 'call.sent', 'call.outcome', 'event.written', 'read.observed', 'call.settled']) {
  story(`killed at ${point}: everyone is invited once, then removed once`, { pomona: { settle: 1 }, timeout: 180_000 }, async (w) => {
    const { twin, pomona } = w;
    w.expectLog(/lane\.recovered|http\.|apple|lane/);
    const location = await school(w, people);
    const selection = { filter: { eligible: true } };
    // An event is asked for its state only when the list does not show what it should.
    const lie = () => (point === 'event.written' ? twin.knobs({ events_lie: 1 }) : undefined);
    await lie();
    const invited = await killedAt(w, point, 'invite', { location: location.id, selection });
    assert.deepEqual([invited.state, invited.done, invited.failed], ['done', 30, 0], JSON.stringify(invited));
    const counts = await twin.counts();
    assert.deepEqual([counts.creates_applied, counts.records, counts.created_again], [30, 30, []]);
    await lie();
    const removed = await killedAt(w, point, 'delete', { location: location.id, selection: { filter: {} } });
    assert.deepEqual([removed.state, removed.done, removed.failed], ['done', 30, 0], JSON.stringify(removed));
    assert.equal((await twin.counts()).retired, 30);
  });
}

story('a late create never undoes a delete', { pomona: { settle: 1 }, timeout: 120_000 }, async (w) => {
  const { twin, pomona } = w;
  w.expectLog(/apple|lane/);
  const location = await school(w, ['ada']);
  const selection = await chosen(pomona, ['ada']);
  await twin.knobs({ event_delay_ms: 2500 });
  await twin.fault({ kind: 'drop_answer', operation: 'users.create' });
  await pomona.act('invite', { location: location.id, selection });
  await pomona.shows('ada', 'Checking', (p) => p.vpp.state === 'checking');
  const removed = await pomona.does('delete', { location: location.id, selection });
  assert.equal(removed.done, 1, JSON.stringify(removed));
  const [ada] = await twin.users(`email=${mailOf('ada')}`);
  assert.equal(ada.status, 'Retired');
  await pomona.shows('ada', 'no VPP user', (p) => p.vpp.state === 'none');
  assert.equal((await twin.mail()).length, 0);
});

story('what has not been sent is cancelled, and Apple never hears of it', async (w) => {
  const { twin, pomona } = w;
  w.expectLog(/apple|lane/);
  const location = await school(w, ['ada', 'bob']);
  await twin.fault({ kind: 'status', status: 503, retry_after: 60, operation: 'users.create' });
  const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada', 'bob']) });
  await waitFor('the job waits', async () => (await pomona.get(`/api/v1/jobs/${asked.job.id}`)).wait.until);
  const cancelled = await pomona.post(`/api/v1/jobs/${asked.job.id}/cancel`);
  assert.equal(cancelled.job.state, 'cancelled');
  assert.equal((await pomona.ask('POST', `/api/v1/jobs/${asked.job.id}/cancel`)).status, 409);
  assert.deepEqual((await pomona.items(asked.job)).map((i) => i.kind), ['create', 'create']);
  assert.equal((await twin.counts()).creates_applied, 0);
});

story('one bad apple fails alone, and is tried again when it is asked for', async (w) => {
  const { twin, pomona } = w;
  w.expectLog(/apple|lane/);
  const location = await school(w, ['ada']);
  const selection = await chosen(pomona, ['ada']);
  await twin.fault({ kind: 'error_in_200', error_number: 9717, operation: 'users.create' });
  const failed = await pomona.does('invite', { location: location.id, selection });
  assert.deepEqual([failed.state, failed.done, failed.failed], ['done', 0, 1], JSON.stringify(failed));
  const [item] = await pomona.items(failed);
  assert.equal(item.apple_number, 9717);
  assert.ok(item.reason.length > 20, item.reason);
  const shown = await pomona.person('ada');
  assert.equal(shown.vpp.failed.number, 9717);
  const again = await pomona.post(`/api/v1/jobs/${failed.id}/retry`);
  const job = await pomona.job(again);
  assert.deepEqual([job.done, job.failed], [1, 0], JSON.stringify(job));
  assert.equal((await pomona.person('ada')).vpp.failed, null);
  const tried = (await pomona.get('/api/v1/audit')).items.find((row) => row.act === 'vpp_users.invite');
  assert.deepEqual([tried.detail.job, tried.detail.retry_of], [job.id, failed.id]);
  assert.equal((await pomona.ask('POST', `/api/v1/jobs/${job.id}/retry`)).body.type, '/problems/job.nothing_failed');
});

story('a sync without a change asks three times and changes nothing', async (w) => {
  const { twin, pomona } = w;
  const location = await school(w, people);
  await pomona.does('invite', { location: location.id, selection: { filter: { eligible: true } } });
  await pomona.does('sync', { location: location.id });
  const before = (await twin.calls()).length;
  const job = await pomona.does('sync', { location: location.id });
  assert.deepEqual([job.state, job.total], ['done', 0]);
  const calls = (await twin.calls()).slice(before).map((c) => c.operation).sort();
  assert.deepEqual(calls, ['assets.get', 'assignments.get', 'users.get']);
});

// The lane's thread goes home long before; whoever wakes it must not be a minute late.
story('a look that is due later comes on time', { pomona: { settle: 8 }, timeout: 120_000 }, async ({ twin, pomona }) => {
  const location = await school({ twin, pomona }, ['ada']);
  await twin.fault({ kind: 'drop_call', operation: 'users.create', count: 1 });
  const job = await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada']) }, { within: 30_000 });
  assert.equal(job.done, 1);
});

// The notices come while the lane looks at those before: none may be taken for looked at when only others were.
story('many accept in the same moment: each shows at once', async (w) => {
  const { twin, pomona } = w;
  const who = names(240);
  const location = await school(w, who);
  await pomona.does('invite', { location: location.id, selection: { filter: {}, expected: who.length } });
  for (let from = 0; from < who.length; from += 12) {
    await Promise.all(who.slice(from, from + 12).map((name) => twin.accept({ email: mailOf(name), account: `${name}@store.example` })));
    await waitFor(`the first ${from + 12} show`, async () => await pomona.total('state=associated') === from + 12, { within: 15_000 });
  }
});
