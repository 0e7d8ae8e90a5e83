// A thousand people; and the process killed in the middle of them.
import assert from 'node:assert/strict';
import { names, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const all = { filter: { eligible: true }, exclude: [], expected: 1000 };

async function counted(twin) {
  const counts = await twin.counts();
  assert.deepEqual(counts.created_again, [], 'nobody was created twice');
  assert.deepEqual([counts.creates_applied, counts.emails, counts.records], [1000, 1000, 1000]);
  return counts;
}

story('1,000 people are invited, accept, and are synced', { timeout: 300_000 }, async ({ twin, pomona }) => {
  const location = await school({ twin, pomona }, names(1000));
  assert.equal(await pomona.total('eligible=1'), 1000);
  const job = await pomona.does('invite', { location: location.id, selection: all }, { within: 200_000 });
  assert.equal(job.state, 'done', JSON.stringify(job));
  await counted(twin);
  await waitFor('1,000 messages came', async () => (await twin.get('/control/state')).mail === 1000, { within: 120_000 });
  assert.equal(new Set((await twin.mail()).map((m) => m.to)).size, 1000);
  await twin.accept({ count: 1000 });
  const synced = await pomona.does('sync', { location: location.id }, { within: 100_000 });
  assert.equal(synced.state, 'done', JSON.stringify(synced));
  await waitFor('1,000 are Associated', async () => (await pomona.total('state=associated')) === 1000, { within: 60_000 });
});

// One kill while Apple is being asked, one while it is being listened to, one while mail goes out.
story('kill -9 three times while 1,000 are invited: each is invited once', { timeout: 400_000, pomona: { settle: 1 } }, async ({ twin, pomona, expectLog }) => {
  expectLog(/./);
  await twin.knobs({ event_delay_ms: 300, task_rate: 400 });
  const location = await school({ twin, pomona }, names(1000));
  const asked = await pomona.act('invite', { location: location.id, selection: all });
  const moments = [
    ['the second create was asked', async () => (await twin.calls('operation=users.create')).length >= 2],
    ['500 are created', async () => (await twin.counts()).creates_applied >= 500],
    ['100 messages came', async () => (await twin.get('/control/state')).mail >= 100],
  ];
  for (const [what, has] of moments) {
    await waitFor(what, has, { within: 90_000, every: 10 });
    await pomona.kill();
    await pomona.start();
  }
  const job = await pomona.job(asked, { within: 200_000 });
  assert.equal(job.state, 'done', JSON.stringify(job));
  await counted(twin);
  await waitFor('everyone shows Invited', async () => (await pomona.total('state=invited')) === 1000, { within: 120_000 });
  const mails = await twin.mail();
  assert.equal(new Set(mails.map((m) => m.to)).size, 1000);
  // A message on its way when the process died may come again; nobody else's does.
  assert.ok(mails.length <= 1000 + 3 * 32, `${mails.length} messages`);
});
