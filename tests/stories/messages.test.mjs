// Messages on their way to people: what is sent, what waits and why, and that nobody gets two.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from './lib/process.mjs';
import { chosen, mailOf, names, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const smtpOf = (twin) => ({ host: '127.0.0.1', port: Number(twin.ports.smtp), security: 'none', from_address: 'it@orchard.example.org', from_name: 'Orchard IT' });

async function invite(pomona, location, who) {
  return pomona.act('invite', { location: location.id, selection: await chosen(pomona, who) });
}

// Everyone got one message; a repeat carries the same Message-ID.
function assertOnce(mail, who) {
  for (const name of who) {
    const ids = new Set(mail.filter((m) => m.to === mailOf(name)).map((m) => m.message_id));
    assert.equal(ids.size, 1, `${name} has ${ids.size} messages`);
  }
}

story('a mail server that is down holds all mail, and new settings let it go', async ({ twin, pomona, expectLog }) => {
  expectLog(/outcome=out_of_order/);
  const who = ['ada', 'bob', 'cyd'];
  const location = await school({ twin, pomona }, who);
  await twin.smtp({ verb: 'connect', code: 421, words: 'busy', count: -1 });
  const asked = await invite(pomona, location, who);
  for (const name of who) {
    const person = await pomona.shows(name, 'why not sent', (p) => p.vpp.message.state === 'not_sent');
    assert.equal(person.vpp.state, 'registered');
    assert.match(person.vpp.message.reason, /421 busy/);
  }
  for (const item of await pomona.items(asked.job)) assert.match(item.reason, /421 busy/);
  const tried = await pomona.post('/api/v1/settings/smtp/test', { to: 'me@example.org' });
  assert.equal(tried.ok, false);
  assert.match(tried.words, /421 busy/);
  await twin.smtp({});
  await pomona.put('/api/v1/settings/smtp', { ...smtpOf(twin), user: null });
  assert.equal((await pomona.job(asked)).done, 3);
  assertOnce(await twin.mail(), who);
  const [mail] = await twin.mail(`to=${mailOf('ada')}`);
  assert.match(mail.subject, /set up your work apps/);
  assert.match(mail.text, /Questions\? Write to it@orchard\.example\.org/);
  const good = await pomona.post('/api/v1/settings/smtp/test', { to: 'me@example.org' });
  assert.equal(good.ok, true);
  assert.match(good.dialog, /RCPT TO:<me@example\.org>/);
});

story('a job whose messages wait says why and until when, and a mail server that works again is noticed', async ({ twin, pomona, expectLog }) => {
  expectLog(/outcome=out_of_order/);
  const who = ['ada', 'bob'];
  const location = await school({ twin, pomona }, who);
  await twin.smtp({ verb: 'connect', code: 421, words: 'busy', count: -1 });
  const ids = (await chosen(pomona, who)).ids.map((id) => `id:${id}`);
  const cli = spawn(program('pomona'), ['invite', '--location', String(location.id), '--user', ...ids, '--wait'],
    { env: { ...process.env, POMONA_SERVER: pomona.url, POMONA_TOKEN: pomona.token } });
  const ended = once(cli, 'exit');
  let told = '';
  cli.stderr.on('data', (bytes) => { told += bytes; });
  const waiting = await waitFor('the job says why it waits', async () => {
    const [job] = (await pomona.get('/api/v1/jobs?kind=invite')).items;
    return job?.wait.reason && job;
  });
  assert.equal(waiting.state, 'running');
  assert.match(waiting.wait.reason, /^Not sent yet: .*421 busy/);
  const until = Date.parse(waiting.wait.until);
  assert.ok(until > Date.parse(waiting.started_at), waiting.wait.until);
  await waitFor('the command line says it too', () => /job \d+: running, .*421 busy/.test(told));

  // The test mail that gets through wakes what waits: nobody waits for the next try.
  await twin.smtp({});
  const { ok } = await pomona.post('/api/v1/settings/smtp/test', { to: 'me@example.org' });
  assert.equal(ok, true);
  const job = await pomona.job(waiting);
  assert.deepEqual([job.state, job.done, job.wait.reason, job.wait.until], ['done', 2, null, null]);
  assert.deepEqual(await ended, [0, null], told);
  assertOnce(await twin.mail(), who);
});

story('without anybody’s help a mail server that works again is noticed, and the kill of a server does not hide the wait', async (w) => {
  const { twin, pomona, expectLog } = w;
  expectLog(/outcome=out_of_order/);
  const location = await school({ twin, pomona }, ['ada']);
  await twin.smtp({ verb: 'connect', code: 421, words: 'busy', count: -1 });
  const { job: asked } = await invite(pomona, location, ['ada']);
  const says = () => waitFor('the job says why it waits', async () => /421 busy/.test((await pomona.get(`/api/v1/jobs/${asked.id}`)).wait.reason));
  await says();
  await pomona.kill();
  await pomona.start();
  await says();
  await twin.smtp({});
  assert.equal((await pomona.job(asked)).done, 1);
});

story('everyone is written to in their own language, else the organisation’s, else English', async ({ twin, pomona }) => {
  const who = { ada: 'de', bob: 'ar', cyd: 'de-AT', dan: 'fr', eve: '' };
  const more = Object.fromEntries(Object.entries(who).map(([name, language]) => [name, { language }]));
  const location = await school({ twin, pomona }, Object.keys(who), { more });
  const saved = await pomona.put('/api/v1/settings/smtp', { ...smtpOf(twin), language: 'ko' });
  assert.equal(saved.language, 'ko');
  await pomona.job(await invite(pomona, location, Object.keys(who)));
  const mailTo = async (name) => (await twin.mail(`to=${mailOf(name)}`))[0];
  const hello = { ada: /^Guten Tag ada Apple,/, bob: /^مرحبًا bob Apple،/, cyd: /^Guten Tag cyd Apple,/, dan: /^Hello dan Apple,/, eve: /^eve Apple 님/ };
  for (const name of Object.keys(who)) {
    const mail = await mailTo(name);
    assert.match(mail.text, hello[name]);
    assert.equal(mail.links.length > 0, true, `${name} has a link`);
  }
  assert.match((await mailTo('ada')).subject, /: Ihre Apps einrichten$/);
  assert.match((await mailTo('bob')).html, /<html lang="ar" dir="rtl">/);
  const strange = await pomona.ask('PUT', '/api/v1/settings/smtp', { ...smtpOf(twin), language: 'ko-KR' });
  assert.equal(strange.status, 400);
  assert.equal(strange.body.errors[0].pointer, '/language');
});

story('the password of the mail server is never shown', async ({ twin, pomona, expectLog }) => {
  expectLog(/outcome=/);
  const secret = 'correct horse battery staple';
  const saved = await pomona.put('/api/v1/settings/smtp', { ...smtpOf(twin), user: 'pomona', password: secret });
  assert.equal(saved.password_set, true);
  const tried = await pomona.post('/api/v1/settings/smtp/test', { to: 'me@example.org' });
  const base64 = Buffer.from(secret).toString('base64').slice(4, 20);
  const shown = JSON.stringify([saved, tried, await pomona.get('/api/v1/settings/smtp'), await pomona.get('/api/v1/audit')]) + pomona.program.text();
  assert.ok(!shown.includes(secret) && !shown.includes(base64));
  const kept = await pomona.put('/api/v1/settings/smtp', { ...smtpOf(twin), user: 'pomona' });
  assert.equal(kept.password_set, true);
  const gone = await pomona.put('/api/v1/settings/smtp', { ...smtpOf(twin), user: 'pomona', password: null });
  assert.equal(gone.password_set, false);
  const away = await pomona.ask('PUT', '/api/v1/settings/smtp', { ...smtpOf(twin), host: 'mail.example.org', user: 'pomona' });
  assert.equal(away.status, 400, 'no password in clear text across the network');
});

story('no answer after the last dot: repeated once, with the same id', async ({ twin, pomona, expectLog }) => {
  expectLog(/outcome=unknown/);
  const location = await school({ twin, pomona }, ['ada']);
  await twin.smtp({ verb: 'dot', close: true, count: 1 });
  const job = await pomona.job(await invite(pomona, location, ['ada']));
  assert.equal(job.done, 1);
  const mail = await twin.mail(`to=${mailOf('ada')}`);
  assert.equal(mail.length, 2);
  assertOnce(mail, ['ada']);
});

story('a device that is busy is asked again; an MDM that is down holds notifications', { timeout: 180_000 }, async ({ twin, pomona, expectLog }) => {
  expectLog(/channel=notification outcome=(later|out_of_order)/);
  const location = await school({ twin, pomona }, ['ada', 'bob'], { channel: 'notification' });
  await twin.patch('/control/mdm', { mode: 'down' });
  const first = await invite(pomona, location, ['ada']);
  const ada = await pomona.shows('ada', 'why not sent', (p) => p.vpp.message.state === 'not_sent');
  assert.match(ada.vpp.message.reason, /MDM server/);
  await twin.patch('/control/mdm', { mode: 'not_now' });
  const second = await invite(pomona, location, ['bob']);
  const bob = await pomona.shows('bob', 'that the device is busy', (p) => /NotNow/.test(p.vpp.message.reason ?? ''));
  assert.equal(bob.vpp.state, 'registered');
  await twin.patch('/control/mdm', { mode: 'answers' });
  await pomona.put('/api/v1/settings/mdm', { url: twin.controlUrl });
  assert.equal((await pomona.job(first)).done, 1);
  assert.equal((await pomona.job(second)).done, 1);
  await pomona.shows('bob', 'invited', (p) => p.vpp.state === 'invited' && p.vpp.message.channel === 'notification');
});

story('switched off, the connector makes notifications wait and says so', async ({ twin, pomona, expectLog }) => {
  expectLog(/outcome=/);
  const location = await school({ twin, pomona }, ['ada', 'bob'], { channel: 'notification' });
  assert.deepEqual(await pomona.put('/api/v1/settings/mdm', { url: null }), { url: null });
  const asked = await invite(pomona, location, ['ada']);
  await pomona.shows('ada', 'what is missing', (p) => /no MDM connector/.test(p.vpp.message.reason ?? ''));
  await pomona.patch(`/api/v1/locations/${location.id}`, { message_channel: 'notification_else_email' });
  assert.equal((await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['bob']) })).done, 1);
  assert.equal((await twin.mail(`to=${mailOf('bob')}`)).length, 1);
  await pomona.put('/api/v1/settings/mdm', { url: twin.controlUrl });
  assert.equal((await pomona.job(asked)).done, 1);
});

for (const place of ['message.intended', 'message.sent']) {
  story(`killed at ${place}: one message each`, { timeout: 180_000, pomona: { settle: 1, env: { POMONA_KILL_AT: `${place}:20` } } }, async ({ twin, pomona, expectLog }) => {
    expectLog(/apple|lane|call|wait|notif|message/i);
    const who = names(60);
    const location = await school({ twin, pomona }, who);
    const asked = await invite(pomona, location, who);
    await waitFor('it was killed', () => pomona.program.ended);
    pomona.env = {};
    await pomona.start();
    assert.equal((await pomona.job(asked, { within: 90_000 })).done, who.length);
    const mail = await twin.mail();
    assertOnce(mail, who);
    assert.ok(mail.length <= who.length + 4, 'only what was in doubt was repeated');
    assert.deepEqual((await twin.counts()).created_again, []);
  });
}

story('a link is handed over personally: audited, for who is invited only, and it works', async ({ twin, pomona }) => {
  const location = await school({ twin, pomona }, ['ada', 'bob']);
  const [ada, bob] = [await pomona.person('ada'), await pomona.person('bob')];
  const ask = (person) => pomona.ask('POST', `/api/v1/people/${person.id}/invitation-link`, {});
  const early = await ask(ada);
  assert.deepEqual([early.status, early.body.type], [409, '/problems/link.none']);
  assert.match(early.body.detail, /not registered with Apple yet/);
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada', 'bob']) });
  const { status, body, headers } = await ask(ada);
  assert.equal(status, 200);
  assert.match(headers.get('cache-control'), /no-store/);
  const rows = (await pomona.get('/api/v1/audit?act=invitation.show_link')).items;
  assert.deepEqual(rows.map((row) => [row.actor.name, row.target.id]), [['story', String(ada.id)]], JSON.stringify(rows));
  assert.ok(!JSON.stringify(rows).includes(body.link.slice(-12)), 'the link is not in the trail');
  await twin.acceptLink(body.link, 'ada@store.example');
  await pomona.shows('ada', 'accepted', (person) => person.vpp.state === 'associated');
  assert.match((await ask(ada)).body.detail, /accepted already/);
  await pomona.does('delete', { location: location.id, selection: { ids: [bob.id] } });
  assert.equal((await ask(bob)).status, 409);
});

const clock = join(tmpdir(), `pomona-messages-${process.pid}`);
const HOUR = 3_600_000;

story('a job has a channel of its own, over a death and a retry; who was invited a moment ago can be left out', { timeout: 180_000, pomona: { settle: 1, env: { POMONA_CLOCK_OFFSET_FILE: clock } } }, async ({ twin, pomona, expectLog }) => {
  expectLog(/apple|lane|call|outcome=refused/i);
  writeFileSync(clock, '0');
  const who = ['ada', 'bob', 'cyd', 'dan'];
  const location = await school({ twin, pomona }, who, { channel: 'notification', more: { cyd: { email: '' } } });
  const of = async (names, more) => ({ location: location.id, selection: await chosen(pomona, names), ...more });
  const dry = async (names, more, query = '') => pomona.post(`/api/v1/vpp-users/invite?dry_run=1${query}`, await of(names, more));
  const numbers = (p) => [p.will_do, p.will_skip, p.recent];

  assert.deepEqual(numbers(await dry(who)), [4, 0, 0], 'as the location says');
  const byMail = await dry(who, { channel: 'email' });
  assert.deepEqual(numbers(byMail), [3, 1, 0]);
  assert.deepEqual(byMail.skip_reasons, [{ reason: 'The person has no e-mail address.', count: 1 }]);
  const most = await pomona.post('/api/v1/vpp-users/invite?dry_run=1&look=1', { selection: { filter: {} }, channel: 'email' });
  assert.deepEqual([most.selected, most.looked_at, most.counted], [4, 1, 'part'], 'no class tells who has an address');
  const wrong = await pomona.ask('POST', '/api/v1/vpp-users/invite', await of(['ada'], { channel: 'pigeon' }));
  assert.deepEqual([wrong.status, wrong.body.errors[0].pointer], [400, '/channel'], JSON.stringify(wrong.body));

  await pomona.program.stop();
  pomona.env = { ...pomona.env, POMONA_KILL_AT: 'call.intended' };
  await pomona.start();
  const asked = await pomona.act('invite', await of(['ada', 'bob', 'cyd'], { channel: 'email' }));
  await waitFor('it was killed', () => pomona.program.ended);
  delete pomona.env.POMONA_KILL_AT;
  await pomona.start();
  const job = await pomona.job(asked, { within: 90_000 });
  assert.deepEqual([job.channel, job.done, job.skipped], ['email', 2, 1]);
  const mail = await twin.mail();
  assert.deepEqual(mail.map((m) => m.to).sort(), ['ada', 'bob'].map(mailOf));

  await twin.smtp({ verb: 'rcpt', code: 550, words: 'no such person', count: 1 });
  const refused = await pomona.does('invite', await of(['dan'], { channel: 'email' }));
  assert.equal(refused.failed, 1);
  const again = await pomona.job(await pomona.post(`/api/v1/jobs/${refused.id}/retry`));
  assert.deepEqual([again.channel, again.done], ['email', 1], 'a retry keeps the channel');
  assert.equal((await twin.mail(`to=${mailOf('dan')}`)).length, 1);

  assert.deepEqual(numbers(await dry(who)), [4, 0, 3]);
  const fewer = await dry(who, { skip_recent: true });
  assert.deepEqual([...numbers(fewer), fewer.skip_reasons[0].reason], [1, 3, 3, 'Was sent an invitation in the last 24 hours.']);
  const counted = await pomona.post('/api/v1/vpp-users/invite?dry_run=1&look=1', { selection: { filter: {} }, skip_recent: true });
  assert.deepEqual([counted.looked_at, counted.counted, ...numbers(counted)], [1, 'all', 1, 3, 3], 'the same without looking at each');
  const rest = await pomona.does('invite', await of(who, { skip_recent: true }));
  assert.deepEqual([rest.channel, rest.done, rest.skipped], [null, 1, 3]);
  const all = await pomona.does('invite', await of(['ada']));
  assert.deepEqual([all.done, all.skipped], [1, 0], 'not asked for, nobody is left out');
  await pomona.shows('ada', 'a notification', (p) => p.vpp.message.channel === 'notification');
  writeFileSync(clock, String(25 * HOUR));
  assert.deepEqual(numbers(await dry(who, { skip_recent: true })), [4, 0, 0], 'a day later');
});

story('the mail is shown before it is sent, in the words that will be sent', async ({ twin, pomona }) => {
  const location = await school({ twin, pomona }, ['ada'], { more: { ada: { language: '' } } });
  await pomona.put('/api/v1/settings/smtp', { ...smtpOf(twin), language: 'de' });
  const shown = await pomona.get(`/api/v1/invitations/sample?location=${location.id}&name=ada%20Apple`);
  await pomona.job(await invite(pomona, location, ['ada']));
  const [sent] = await twin.mail();
  assert.equal(shown.language, 'de');
  assert.equal(sent.subject, shown.subject);
  const plain = (text) => text.replace(/\r/g, '').replace(/https?:\S+/g, 'LINK').trim();
  assert.match(plain(shown.text), /LINK/);
  assert.equal(plain(sent.text), plain(shown.text));
  assert.match((await pomona.get('/api/v1/invitations/sample')).text, /^Guten Tag Ada Lovelace,/);
});
