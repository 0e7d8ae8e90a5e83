// Reading a long list of users: what was read is kept when Apple makes us wait, and when others write meanwhile.
import assert from 'node:assert/strict';
import { chosen, mailOf, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const PAGES = 20, PAGE = 5;

async function strangers({ twin, pomona }) {
  await twin.knobs({ page_size: PAGE, limits: { maxRequestPerSecond: 200 } });
  await twin.post('/control/locations/first/users', { count: PAGES * PAGE, status: 'Associated' });
  return school({ twin, pomona }, ['zoe']);
}

// Which pages of the whole list, and which of lists of changes, were asked for.
async function pagesOf(twin) {
  const calls = (await twin.calls('operation=users.get')).filter((c) => !/clientUserId/.test(c.target));
  const index = (c) => Number(/pageIndex=(\d+)/.exec(c.target)?.[1] ?? 0);
  return {
    whole: calls.filter((c) => !/sinceVersionId/.test(c.target)).map(index),
    changes: calls.filter((c) => /sinceVersionId/.test(c.target)).map(index),
  };
}

story('Apple makes us wait in the middle of a long list: it is read on from there', { timeout: 60_000 }, async (w) => {
  const { twin, pomona } = w;
  w.expectLog(/lane\.waits|apple/i);
  const location = await strangers(w);
  await twin.fault({ kind: 'status', status: 503, error_number: 9729, retry_after: 1, operation: 'users.get', skip: 12, count: 1 });
  await twin.fault({ kind: 'drop_call', operation: 'users.get', skip: 16, count: 1 });
  const job = await pomona.does('sync', { location: location.id });
  assert.equal(job.state, 'done', JSON.stringify(job));
  assert.equal(job.total, PAGES * PAGE);
  assert.equal(job.done, PAGES * PAGE);
  const { whole } = await pagesOf(twin);
  assert.equal(whole.filter((page) => page === 0).length, 1, whole.join(' '));
  assert.deepEqual([...new Set(whole)].sort((a, b) => a - b), [...Array(PAGES).keys()]);
  const items = await pomona.items(job);
  assert.equal(items.length, PAGES * PAGE);
  assert.ok(items.every((item) => item.kind === 'foreign' && item.state === 'done' && item.reason));
  assert.equal(new Set(items.map((item) => item.id)).size, items.length);
});

story('others write while a long list is read: the changes are asked for, the list is not read again', async (w) => {
  const { twin, pomona } = w;
  const location = await strangers(w);
  await twin.knobs({ move_versions: 7 });
  const job = await pomona.does('sync', { location: location.id });
  assert.equal(job.state, 'done', JSON.stringify(job));
  assert.equal(job.total, PAGES * PAGE);
  const { whole, changes } = await pagesOf(twin);
  assert.equal(whole.filter((page) => page === 0).length, 1, whole.join(' '));
  assert.ok(changes.length >= 1);
  // What changes later is seen by the list of changes alone.
  await twin.post('/control/locations/first/users', { client_user_id: 'later', email: 'later@elsewhere.example' });
  const next = await pomona.does('sync', { location: location.id });
  assert.equal(next.total, 1);
  assert.equal((await pagesOf(twin)).whole.length, whole.length);
});

story('at Apple\'s own pace strangers are taken in while the list is read, each once', { timeout: 60_000 }, async (w) => {
  const { twin, pomona } = w;
  const location = await strangers(w);
  await twin.knobs({ move_versions: 3, limits: { maxRequestPerSecond: 15 } });
  await pomona.program.stop();
  await pomona.start(); // reads the limits
  const asked = await pomona.act('sync', { location: location.id });
  await waitFor('some are listed before the end', async () => {
    const before = await pomona.get(`/api/v1/jobs/${asked.job.id}`);
    return (await pomona.items(asked.job)).length > 0 && before.state === 'running' && /^Reading/.test(before.step);
  });
  const job = await pomona.job(asked);
  assert.equal(job.total, PAGES * PAGE);
  assert.equal(job.done, PAGES * PAGE);
  assert.equal((await pomona.items(job)).length, PAGES * PAGE);
  assert.equal((await pagesOf(twin)).whole.filter((page) => page === 0).length, 1);
  const next = await pomona.does('sync', { location: location.id });
  assert.equal(next.total, 0);
});

story('five pages at most are under way at once', async (w) => {
  const { twin, pomona } = w;
  const location = await strangers(w);
  await twin.fault({ kind: 'delay', delay_ms: 40, operation: 'users.get', count: -1 });
  const job = await pomona.does('sync', { location: location.id });
  assert.equal(job.total, PAGES * PAGE);
  const calls = (await twin.calls('operation=users.get')).filter((c) => /pageIndex/.test(c.target));
  const most = Math.max(...calls.map((c) => calls.filter((o) => o.at_ms <= c.at_ms && o.at_ms + 35 > c.at_ms).length));
  assert.ok(most <= 5, `${most} at once`);
  assert.ok(most >= 3, `${most} at once`);
});

story('the list that a sync was reading when it was killed is read again', { timeout: 60_000 }, async (w) => {
  const { twin, pomona } = w;
  const location = await strangers(w);
  await twin.fault({ kind: 'delay', delay_ms: 150, operation: 'users.get', count: -1 });
  const asked = await pomona.act('sync', { location: location.id });
  await waitFor('it is reading', async () => (await pagesOf(twin)).whole.length > 8);
  await pomona.kill();
  await twin.calm();
  await pomona.start();
  const job = await pomona.job(asked);
  assert.equal(job.state, 'done');
  assert.equal(job.total, PAGES * PAGE);
  assert.equal((await pomona.items(job)).length, PAGES * PAGE);
});

story('a record of somebody becomes theirs among a crowd of strangers', async (w) => {
  const { twin, pomona } = w;
  const location = await school(w, ['ada', 'bob']);
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['bob']) });
  await twin.post('/control/locations/first/users', { count: 300, status: 'Registered' });
  await twin.post('/control/locations/first/users', { client_user_id: 'ada-elsewhere', email: mailOf('ada') });
  const job = await pomona.does('sync', { location: location.id });
  assert.equal(job.summary.adopt_done, 1, JSON.stringify(job.summary));
  assert.equal(job.summary.foreign_done, 300);
  await pomona.shows('ada', 'a VPP user', (p) => p.vpp.state === 'registered');
  const { items } = await pomona.get('/api/v1/findings?state=open');
  assert.equal(items.length, 1);
  assert.equal(items[0].kind, 'foreign');
  assert.match(items[0].detail, /^300 VPP users/);
});
