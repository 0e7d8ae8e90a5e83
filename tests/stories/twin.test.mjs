// The twin by itself, as a client of Apple's would meet it: section 14 of what is known of the service.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { badLines } from './lib/process.mjs';
import { Twin } from './lib/twin.mjs';
import { waitFor } from './lib/wait.mjs';

class Client {
  constructor(twin, token) { Object.assign(this, { twin, token }); }

  async ask(method, path, body, headers = {}) {
    const answer = await fetch(this.twin.appleUrl + path, {
      method, body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      headers: { authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, ...(text.startsWith('{') ? JSON.parse(text) : { text }) };
  }

  get(path) { return this.ask('GET', path); }
  async number(...call) { const { status, errorNumber = 0 } = await this.ask(...call); return `${status} ${errorNumber}`; }

  // Writes, and follows the event to its end.
  async write(path, body) {
    const { eventId, errorNumber } = await this.ask('POST', path, body);
    assert.ok(eventId, `${path}: ${errorNumber}`);
    return waitFor('the event ends', async () => {
      const now = await this.get(`/status?eventId=${eventId}`);
      return now.eventStatus !== 'PENDING' && now;
    });
  }
}

function twinTest(name, options, tell) {
  test(name, { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pomona-twin-'));
    const twin = await Twin.start(folder, options);
    try {
      await twin.knobs({ rate_limit: 0, event_delay_ms: 10 });
      const client = new Client(twin, (await twin.get('/control/locations/first')).token_file);
      await tell({ twin, client });
    } finally {
      assert.equal((await twin.program.stop()).code, 0);
      assert.deepEqual(badLines(twin.program.text(), []), []);
      rmSync(folder, { recursive: true });
    }
  });
}

const users = (...ids) => ({ users: ids.map((clientUserId) => ({ clientUserId, email: `${clientUserId}@x.example` })) });

// Receives notifications; `status` is what it answers.
async function receiver() {
  const got = [];
  const server = createServer((rq, rp) => {
    let body = '';
    rq.on('data', (part) => { body += part; });
    rq.on('end', () => {
      got.push({ auth: rq.headers.authorization, ...JSON.parse(body) });
      rp.writeHead(server.status ?? 200).end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { got, server, url: `http://127.0.0.1:${server.address().port}/notify` };
}

twinTest('calls are checked in one order', {}, async ({ twin, client }) => {
  const many = (n) => Array.from({ length: n }, (_, i) => `u${i}`);
  const asset = (...ids) => ids.map((adamId) => ({ adamId, pricingParam: 'STDQ' }));
  const cases = [
    ['405 9726', 'DELETE', '/users'],
    ['401 9722', 'GET', '/users', undefined, { authorization: 'Token x' }],
    ['200 9622', 'GET', '/users', undefined, { authorization: 'Bearer eHg=' }],
    ['415 9727', 'POST', '/users/create', '{}', { 'content-type': 'text/plain' }],
    ['400 9602', 'POST', '/users/create', '{"users":'],
    ['400 9720', 'POST', '/users/create', {}],
    ['400 9720', 'POST', '/users/retire', { users: [] }],
    ['400 9714', 'POST', '/users/create', users(...many(101))],
    ['400 9715', 'POST', '/users/create', users('a', 'a')],
    ['400 9602', 'POST', '/users/create', { users: [{ email: 'a@x.example' }] }],
    ['400 9717', 'POST', '/users/create', { users: [{ clientUserId: 'a', email: 'no' }] }],
    ['400 9718', 'POST', '/assets/associate', { serialNumbers: ['X'] }],
    ['400 9719', 'POST', '/assets/associate', { assets: asset('1500000001') }],
    ['400 9700', 'POST', '/assets/associate', { assets: asset(...many(26)), serialNumbers: ['X'] }],
    ['400 9701', 'POST', '/assets/associate', { assets: asset('1500000001'), clientUserIds: many(1001) }],
    ['400 9702', 'POST', '/assets/revoke', { serialNumbers: many(101) }],
    ['400 9703', 'POST', '/assets/associate', { assets: asset('1500000001', '1500000001'), serialNumbers: ['X'] }],
    ['400 9704', 'POST', '/assets/associate', { assets: asset('1500000001'), clientUserIds: ['a', 'a'] }],
    ['400 9705', 'POST', '/assets/associate', { assets: asset('1500000001'), serialNumbers: ['X', 'X'] }],
    ['400 9706', 'POST', '/assets/disassociate', { assets: asset('1500000011'), clientUserIds: ['a'] }],
    ['400 9707', 'POST', '/assets/associate', { assets: asset('1500000011'), serialNumbers: ['X'] }],
    ['400 9708', 'GET', '/status?eventId=none'],
    ['400 9650', 'GET', '/users?pageIndex=7'],
    ['400 9721', 'GET', '/users?sinceVersionId=old'],
    ['400 9710', 'POST', '/client/config', { notificationUrl: 'https://x.example/' }],
    ['400 9712', 'POST', '/client/config', { notificationUrl: 'http://x.example/', notificationAuthToken: 't' }],
    ['400 9711', 'POST', '/client/config', { notificationUrl: 'https://x.example/', notificationAuthToken: 't'.repeat(513) }],
    ['400 9723', 'POST', '/client/config', { mdmInfo: { id: 'x' } }],
    ['400 9724', 'POST', '/client/config', { mdmInfo: { id: 'x'.repeat(101), name: 'n', metadata: 'm' } }],
  ];
  for (const [want, ...call] of cases) assert.equal(await client.number(...call), want, call.join(' '));
  assert.equal((await twin.counts()).records, 0);
  await twin.post('/control/locations/first/tokens/expire');
  assert.equal(await client.number('GET', '/users'), '401 9621');
  await twin.post('/control/locations/first/tokens/revoke');
  assert.equal(await client.number('GET', '/users'), '401 9625');
  const reader = new Client(twin, (await twin.post('/control/locations/first/tokens', { read_only: true })).token_file);
  assert.equal(await reader.number('GET', '/users'), '200 0');
  assert.equal(await reader.number('POST', '/users/create', users('a')), '403 9637');
});

twinTest('users: created, paged, followed by version, retired, and back', {}, async ({ twin, client }) => {
  await twin.knobs({ page_size: 2 });
  const made = await client.write('/users/create', users('a', 'b', 'c'));
  assert.deepEqual([made.eventStatus, made.numRequested, made.numCompleted], ['COMPLETE', 3, 3]);
  const page = await client.get('/users');
  assert.deepEqual([page.size, page.totalPages, page.currentPageIndex, page.nextPageIndex], [2, 2, 0, 1]);
  const last = await client.get('/users?pageIndex=1');
  assert.deepEqual([last.size, 'nextPageIndex' in last], [1, false]);
  assert.match(page.users[0].inviteCode, /^[0-9a-f]{32}$/);

  const mixed = await client.write('/users/create', users('c', 'd'));
  assert.deepEqual([mixed.eventStatus, mixed.numCompleted, mixed.failures[0].errorNumber, mixed.failures[0].errorInfo.clientUserIds], ['FAILED', 1, 9716, ['c']]);
  const changed = await client.get(`/users?sinceVersionId=${page.versionId}`);
  assert.deepEqual(changed.users.map((u) => u.clientUserId), ['d']);

  await client.write('/users/retire', users('a'));
  assert.equal((await client.get('/users?retiredOnly=true')).users[0].clientUserId, 'a');
  assert.equal((await client.get('/users?clientUserId=a&activeOnly=true')).size, 0);
  assert.equal((await client.write('/users/retire', users('a'))).failures[0].errorNumber, 9609);
  await twin.post('/control/time', { advance_ms: 25 * 3600 * 1000 });
  await client.write('/users/update', { users: [{ clientUserId: 'b', email: 'new@x.example' }] });
  const [first] = (await twin.get('/control/locations/first/events')).items;
  assert.equal(first.type, 'UPDATE', 'events are forgotten after a day');
});

twinTest('licences: taken, short, given back, kept by books', {}, async ({ twin, client }) => {
  const { uid, token_file: token } = await twin.location({ name: 'Small', assets: [{ adam_id: '1', count: 3 }, { adam_id: '2', count: 9, book: true }, { adam_id: '3', unlimited: true }] });
  const small = new Client(twin, token);
  await small.write('/users/create', users('a', 'b'));
  const short = await small.write('/assets/associate', { assets: [{ adamId: '1', pricingParam: 'STDQ' }], clientUserIds: ['a', 'b'], serialNumbers: ['S1', 'S2'] });
  assert.deepEqual([short.eventStatus, short.numRequested, short.numCompleted, short.failures[0].errorNumber, short.failures[0].errorInfo.serialNumbers], ['FAILED', 4, 3, 9709, ['S2']]);
  await small.write('/assets/associate', { assets: [{ adamId: '2', pricingParam: 'STDQ' }, { adamId: '3', pricingParam: 'STDQ' }], clientUserIds: ['a'] });
  assert.deepEqual((await small.get('/assignments?clientUserId=a&includeUserState=true')).assignments.map((s) => `${s.adamId} ${s.userStatus}`).sort(), ['1 Registered', '2 Registered', '3 Registered']);
  await small.write('/users/retire', users('a'));
  const assets = Object.fromEntries((await small.get('/assets')).assets.map((x) => [x.adamId, [x.availableCount, x.assignedCount, x.retiredCount, x.totalCount]]));
  assert.deepEqual(assets[1], [1, 2, 0, 3]);
  assert.deepEqual(assets[2], [8, 0, 1, 9]);
  assert.equal(assets[3][3], 2147483647);
  assert.equal((await small.get('/assignments?excludeInactiveUsers=true')).size, 2);
  assert.equal((await small.get('/assignments')).size, 3);
  const back = await small.write('/assets/revoke', { clientUserIds: ['b'], serialNumbers: ['S1', 'S9'] });
  assert.deepEqual([back.eventType, back.eventStatus, back.numRequested], ['REVOKE', 'COMPLETE', 2]);
  const bought = await twin.post(`/control/locations/${uid}/assets`, { adam_id: '1', count: -7 });
  assert.deepEqual([bought.items[0].total, bought.items[0].available], [0, 0]);
});

twinTest('notifications: tried at once, at most 100 each, three times, lost on demand', {}, async ({ twin, client }) => {
  const { got, server, url } = await receiver();
  await twin.knobs({ notify_retry_ms: 50 });
  const config = { notificationUrl: url, notificationAuthToken: 'secret', notificationTypes: ['USER_MANAGEMENT', 'USER_ASSOCIATED', 'ASSET_COUNT', 'ASSET_MANAGEMENT'] };
  assert.equal(await client.number('POST', '/client/config', { ...config, notificationUrl: 'http://127.0.0.1:1/' }), '400 9728');
  assert.equal((await client.get('/client/config')).notificationUrl, undefined);
  assert.equal(await client.number('POST', '/client/config', config), '200 0');
  assert.deepEqual([got[0].notificationType, got[0].auth], ['TEST_NOTIFICATION', 'Bearer secret']);

  await twin.knobs({ limits: { maxUsers: 250 } });
  await client.write('/users/create', users(...Array.from({ length: 250 }, (_, i) => `u${i}`)));
  await waitFor('three notifications', () => got.length === 4);
  assert.deepEqual(got.slice(1).map((n) => n.notification.users.length), [100, 100, 50]);

  server.status = 500;
  await twin.accept({ client_user_id: 'u1', account: 'me' });
  const dropped = await waitFor('it is dropped', async () => (await twin.get('/control/notifications')).items.find((n) => n.state === 'dropped'));
  assert.deepEqual([dropped.type, dropped.attempts, dropped.last_status], ['USER_ASSOCIATED', 3, 500]);
  assert.equal(new Set(got.slice(4).map((n) => n.notificationId)).size, 1);

  server.status = 200;
  await twin.knobs({ notify_lost_percent: 100 });
  await twin.accept({ client_user_id: 'u2', account: 'you' });
  assert.equal((await twin.get('/control/notifications')).items.at(-1).state, 'lost');
  await twin.knobs({ notify_lost_percent: 0, notify_duplicate_percent: 100 });
  const before = got.length;
  await twin.post('/control/locations/first/assets', { adam_id: '1500000001', count: 5 });
  await waitFor('it comes twice', () => got.length === before + 2);
  assert.equal(got.at(-1).notificationId, got.at(-2).notificationId);
  assert.equal(got.at(-1).notification.countDelta, 5);
  server.close();
  server.closeAllConnections();
});

twinTest('the invitation page', {}, async ({ twin }) => {
  const { uid, token_file: token } = await twin.location({ name: 'Odd', organisation: '<b>"&\'' });
  const client = new Client(twin, token);
  await client.write('/users/create', users('x'));
  const [user] = await twin.users('', uid);
  const { urls } = await client.get('/service/config');
  assert.match(urls.invitationEmail, /%25inviteCode%25/);
  assert.ok(urls.invitationEmail.startsWith(`http://127.0.0.1:${twin.ports.apple}/`));
  const link = urls.invitationEmail.replace('%25inviteCode%25', user.invite_code);
  const page = await (await fetch(link)).text();
  assert.match(page, /<form method="post"/);
  assert.ok(!page.includes('<b>'), 'text is escaped');
  assert.equal((await fetch(link.replace(user.invite_code, 'f'.repeat(32)))).status, 404);
  assert.equal(await twin.acceptLink(link, '<script>'), 200);
  assert.equal(await twin.acceptLink(link, 'again'), 404);
  const [now] = (await client.get('/users')).users;
  assert.deepEqual([now.status, now.idHash.length, 'inviteCode' in now], ['Associated', 28, false]);
});

twinTest('a flood is answered 9646', {}, async ({ twin, client }) => {
  await twin.knobs({ rate_limit: 1, limits: { maxRequestPerSecond: 5 } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.number('GET', '/client/config')));
  const refused = answers.filter((a) => a === '429 9646').length;
  assert.ok(refused >= 10 && refused <= 15, `${refused} of 20`);
});

twinTest('it does not answer for Apple', {}, async ({ twin }) => {
  const status = (port, path) => new Promise((done) => {
    request({ port, path, host: '127.0.0.1', headers: { host: 'vpp.itunes.apple.com' } }, (rp) => { rp.resume(); done(rp.statusCode); }).end();
  });
  assert.equal(await status(twin.ports.apple, '/twin/mdm/v2/service/config'), 421);
  assert.equal(await status(twin.ports.control, '/control/state'), 421);
});

twinTest('people and their pages', {}, async ({ twin }) => {
  await twin.post('/control/people', { people: [{ name: '<i>Ada</i>', email: 'Ada@x.example', serials: ['S1'] }, { serials: ['S2'] }] });
  const page = async (path) => { const answer = await fetch(twin.controlUrl + path); return { status: answer.status, text: await answer.text(), csp: answer.headers.get('content-security-policy') }; };
  const list = await page('/people?q=ada');
  assert.match(list.text, /&lt;i&gt;Ada/);
  assert.ok(!list.text.includes('S2'));
  assert.match(list.csp, /default-src 'none'/);
  assert.equal((await page('/people/S1')).status, 200);
  assert.equal((await page('/people/ada@x.example')).status, 200);
  assert.equal((await page('/people/nobody')).status, 404);
  assert.equal((await page('/')).status, 200);
  const refused = await fetch(`${twin.controlUrl}/mdm/commands/S1`, { method: 'POST', body: 'no plist' });
  assert.equal(refused.status, 400);
  await twin.patch('/control/mdm', { mode: 'down' });
  assert.equal((await fetch(`${twin.controlUrl}/mdm/commands/S1`, { method: 'POST', body: 'no plist' })).status, 503);
});

twinTest('unkind: busy, cut, in disorder', { calm: false, seed: 3 }, async ({ twin, client }) => {
  let busy = 0, cut = 0, firstKeys = new Set(), unknown = 0;
  const known = ['locationName', 'countryISO2ACode', 'defaultPlatform', 'websiteURL', 'uId', 'tokenExpirationDate'];
  for (let i = 0; i < 400; i++) {
    try {
      const { status, headers, ...rest } = await client.get('/client/config');
      if (status === 503) {
        busy++;
        assert.match(headers.get('retry-after'), /^[123]$/);
        continue;
      }
      firstKeys.add(Object.keys(rest)[0]);
      unknown += Object.keys(rest).some((key) => !known.includes(key));
    } catch {
      cut++;
    }
  }
  assert.ok(busy > 5 && busy < 50, `${busy} busy`);
  assert.ok(cut > 0 && cut < 20, `${cut} cut`);
  assert.ok(firstKeys.size > 3 && unknown > 50, `${[...firstKeys]}, ${unknown} unknown`);
});
