// Apple, the mail server and the MDM on their bad days: the work waits, says why, and is done once.
import assert from 'node:assert/strict';
import { chosen, mailOf, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

// Invites ada while Apple does `fault`; the job must say why it waits, and end well when it is over.
function faultStory(name, faults, { waits = true, creates = 2 } = {}) {
  story(`inviting while Apple ${name}`, { pomona: { settle: 1 }, timeout: 180_000 }, async ({ twin, pomona, expectLog }) => {
    expectLog(/apple|lane|call|wait|notif/i);
    const location = await school({ twin, pomona }, ['ada']);
    for (const fault of faults) await twin.fault(fault);
    const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
    if (waits) {
      await waitFor('the job says why it waits', async () => {
        const { wait } = (await pomona.get(`/api/v1/jobs/${asked.job.id}`));
        const items = await pomona.items(asked.job);
        return (wait?.reason ?? items.find((i) => i.reason)?.reason ?? '').length > 10;
      });
    }
    await waitFor('Apple did so', async () => (await twin.calls()).some((c) => c.fault === faults[0].kind));
    await twin.calm();
    const job = await pomona.job(asked, { within: 120_000 });
    assert.equal(job.state, 'done', JSON.stringify(job));
    const counts = await twin.counts();
    assert.deepEqual([counts.creates_applied, counts.created_again], [1, []]);
    assert.ok((await twin.calls('operation=users.create')).length <= creates, 'looked before asking again');
    await waitFor('one mail came', async () => (await twin.mail(`to=${mailOf('ada')}`)).length === 1);
  });
}

faultStory('answers 500 to everything', [{ kind: 'status', status: 500, count: -1 }]);
faultStory('answers HTML to everything', [{ kind: 'html', count: -1 }]);
faultStory('answers half a JSON to writes', [{ kind: 'half_json', operation: 'users.create' }], { waits: false, creates: 1 });
faultStory('does it, and drops the answer', [{ kind: 'drop_answer', operation: 'users.create' }], { waits: false, creates: 1 });
faultStory('does not do it, and drops the call', [{ kind: 'drop_call', operation: 'users.create' }], { waits: false });
faultStory('asks to wait', [{ kind: 'status', status: 503, error_number: 9729, retry_after: 3, operation: 'users.create' }]);
faultStory('says too many requests', [{ kind: 'status', status: 429, error_number: 9646, retry_after: 2, operation: 'users.create' }]);
faultStory('errs inside HTTP 200', [{ kind: 'error_in_200', error_number: 9603, operation: 'users.create' }], { waits: false });

story('the wait that Apple asked for is kept, over a restart too', { timeout: 120_000 }, async ({ twin, pomona, expectLog }) => {
  expectLog(/apple|lane|call|wait/i);
  const location = await school({ twin, pomona }, ['ada']);
  await twin.fault({ kind: 'status', status: 503, error_number: 9729, retry_after: 6, operation: 'write' });
  const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  const refused = await waitFor('Apple asked to wait', async () => (await twin.calls('operation=users.create')).find((c) => c.status === 503));
  await waitFor('the location waits', async () => (await pomona.get(`/api/v1/locations/${location.id}`)).wait.until);
  await pomona.program.stop();
  await pomona.start();
  assert.equal((await pomona.job(asked)).state, 'done');
  const early = (await twin.calls()).filter((c) => c.location && c.number > refused.number && c.at_ms < refused.at_ms + 5900);
  assert.deepEqual(early, []);
});

story('Apple is away while people are invited, and comes back', { timeout: 180_000, pomona: { settle: 1 } }, async ({ twin, pomona, expectLog }) => {
  expectLog(/apple|lane|call|wait|notif|message/i);
  const location = await school({ twin, pomona }, ['ada', 'bob']);
  await twin.program.stop();
  const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada', 'bob']) });
  await waitFor('the job says why it waits', async () => ((await pomona.get(`/api/v1/jobs/${asked.job.id}`)).wait.reason ?? '').length > 10);
  await twin.begin();
  const job = await pomona.job(asked, { within: 150_000 });
  assert.deepEqual([job.state, job.failed], ['done', 0]);
  assert.equal((await twin.counts()).creates_applied, 2);
});

story('Apple closes every connection, then comes back', { timeout: 180_000, pomona: { settle: 1 } }, async ({ twin, pomona, expectLog }) => {
  expectLog(/apple|lane|call|wait|notif/i);
  const location = await school({ twin, pomona }, ['ada']);
  await twin.fault({ kind: 'drop_call', count: -1 });
  const asked = await pomona.act('sync', { location: location.id });
  await waitFor('the job says why it waits', async () => ((await pomona.get(`/api/v1/jobs/${asked.job.id}`)).wait.reason ?? '').length > 10);
  await twin.calm();
  assert.equal((await pomona.job(asked, { within: 150_000 })).state, 'done');
});

story('the mail server refuses: Registered, with the mark and the reason, and again later', async ({ twin, pomona, expectLog }) => {
  expectLog(/smtp|mail|message|deliver/i);
  const location = await school({ twin, pomona }, ['ada']);
  await twin.smtp({ verb: 'rcpt', code: 451, words: 'greylisted, come back' });
  await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  const ada = await pomona.shows('ada', 'why there is no message', (p) => (p.vpp.message.reason ?? '').length > 10);
  assert.equal(ada.vpp.state, 'registered');
  assert.ok(['waiting', 'not_sent'].includes(ada.vpp.message.state));
  assert.equal((await twin.mail()).length, 0);
  await twin.smtp({});
  await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  await waitFor('the mail came', async () => (await twin.mail(`to=${mailOf('ada')}`)).length >= 1);
  await pomona.shows('ada', 'Invited', (p) => p.vpp.state === 'invited' && p.vpp.message.state === 'sent');
});

story('the mail server hangs up after the message: whoever may have it is not flooded', async ({ twin, pomona, expectLog }) => {
  expectLog(/smtp|mail|message|deliver/i);
  const location = await school({ twin, pomona }, ['ada']);
  await twin.smtp({ verb: 'dot', close: true });
  await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  const ada = await pomona.shows('ada', 'that it is not known', (p) => (p.vpp.message.reason ?? '').length > 10);
  assert.equal(ada.vpp.state, 'registered');
  assert.equal((await twin.mail()).length, 1);
});

story('the device is busy: the notification waits and says so', async ({ twin, pomona, expectLog }) => {
  expectLog(/mdm|message|deliver/i);
  const location = await school({ twin, pomona }, ['ada'], { channel: 'notification' });
  await twin.patch('/control/mdm', { mode: 'not_now' });
  await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  await pomona.shows('ada', 'why there is no message', (p) => /busy|locked|not now/i.test(p.vpp.message.reason ?? ''));
  await twin.patch('/control/mdm', { mode: 'answers' });
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  await pomona.shows('ada', 'Invited', (p) => p.vpp.state === 'invited' && p.vpp.message.channel === 'notification');
});

story('an event that never ends is followed, not sent again', { pomona: { settle: 1 } }, async ({ twin, pomona }) => {
  const location = await school({ twin, pomona }, ['ada']);
  await twin.knobs({ event_never_ends: 1 });
  const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  await waitFor('Apple was asked what became of it', async () => (await twin.calls('operation=status')).length >= 2);
  await pomona.shows('ada', 'Requested', (p) => p.vpp.state === 'requested');
  await twin.knobs({ event_never_ends: 0 });
  assert.equal((await pomona.job(asked)).state, 'done');
  assert.equal((await twin.calls('operation=users.create')).length, 1);
});

story('the address is refused for good: not sent, and why', async ({ twin, pomona, expectLog }) => {
  expectLog(/smtp|mail|message|deliver/i);
  const location = await school({ twin, pomona }, ['ada']);
  await twin.smtp({ verb: 'rcpt', code: 550, words: 'no such user here' });
  const job = await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  const ada = await pomona.shows('ada', 'not sent', (p) => p.vpp.message.state === 'not_sent');
  assert.equal(ada.vpp.state, 'registered');
  assert.match(ada.vpp.message.reason, /no such user|refused|550/i);
  assert.ok(job.failed + job.done > 0);
});

story('notifications come twice, late and not at all', async ({ twin, pomona }) => {
  await twin.knobs({ notify_duplicate_percent: 100, notify_disorder_percent: 50 });
  const who = ['ada', 'bob', 'cyd'];
  const location = await school({ twin, pomona }, who);
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, who) });
  for (const name of who) await twin.accept({ email: mailOf(name) });
  for (const name of who) await pomona.shows(name, 'Associated', (p) => p.vpp.state === 'associated');
});
