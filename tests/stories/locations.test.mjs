// A location's life beside its users: assets, who manages it, what a token may do, leaving it.
import assert from 'node:assert/strict';
import { school, chosen } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const file = { type: 'application/octet-stream' };
const at = (location) => `/api/v1/locations/${location.id}`;
const writes = async (twin) => (await twin.calls()).filter((call) => /^users\.(create|update|retire)$/.test(call.operation)).length;

story('what the location owns is read when it is added, and again when Apple tells of a purchase', async ({ twin, pomona }) => {
  const location = await pomona.addLocation((await twin.get('/control/locations/first')).token_file);
  assert.equal(location.notifications.state, 'on');
  const assets = await waitFor('the assets are here', async () => {
    const { items, total } = await pomona.get(`${at(location)}/assets?count=1&limit=200`);
    return total === 12 && items;
  });
  const app = assets.find((asset) => asset.is_revocable);
  assert.ok(assets.some((asset) => !asset.is_revocable), 'books stay');
  await twin.post('/control/locations/first/assets', { adam_id: app.adam_id, count: 25 });
  await waitFor('the purchase is here', async () => {
    const { items } = await pomona.get(`${at(location)}/assets?limit=200`);
    return items.find((asset) => asset.adam_id === app.adam_id).total === app.total + 25;
  });
});

story('an address that Apple cannot reach does not stand in the way of a location', async ({ twin, pomona }) => {
  await twin.fault({ kind: 'status', status: 400, error_number: 9728, operation: 'client.configure' });
  const location = await pomona.addLocation((await twin.get('/control/locations/first')).token_file);
  assert.equal(location.notifications.state, 'failed');
  assert.match(location.notifications.reason, /reach/);
  assert.equal(location.owner.state, 'ours');
  assert.equal((await twin.get('/control/locations/first')).notification_url, null);
});

story('an acceptance shows after a start on another port, because Apple is told the new address', async ({ twin, pomona, expectLog }) => {
  expectLog(/mail|deliver|message/i);
  const location = await school({ twin, pomona }, ['ada']);
  await pomona.job(await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) }));
  const before = (await twin.get('/control/locations/first')).notification_url;
  await pomona.program.stop();
  pomona.port = 0;
  await pomona.start();
  await waitFor('Apple knows the new address', async () => {
    const now = (await twin.get('/control/locations/first')).notification_url;
    return now !== before && now.startsWith(pomona.url);
  });
  await twin.accept({ email: 'ada@orchard.example.org', account: 'ada@home.example' });
  await waitFor('associated', async () => (await pomona.person('ada')).vpp.state === 'associated');
});

story('a notification with a wrong bearer is refused, one with the right bearer is taken', async ({ twin, pomona }) => {
  await pomona.addLocation((await twin.get('/control/locations/first')).token_file);
  const hook = new URL((await twin.get('/control/locations/first')).notification_url).pathname;
  const notice = { notificationId: 'n1', notificationType: 'UNLIMITED_ASSET', notification: {}, uId: '1' };
  for (const authorization of ['Bearer wrong', 'Bearer ', 'Basic eDp5']) {
    const refused = await fetch(pomona.url + hook, { method: 'POST', body: JSON.stringify(notice), headers: { authorization } });
    assert.equal(refused.status, 401, authorization);
  }
  const elsewhere = await fetch(`${pomona.url}/hooks/apple/${'x'.repeat(32)}`, { method: 'POST', body: JSON.stringify(notice) });
  assert.equal(elsewhere.status, 401);
  await twin.post('/control/locations/first/assets', { adam_id: '1500000001', count: 1 });
  await waitFor('delivered', async () => (await twin.get('/control/notifications')).items.some((n) => n.type === 'ASSET_COUNT' && n.state === 'delivered'));
});

story('taken by another MDM: nothing is written until it is taken back, then the work goes on', async ({ twin, pomona, expectLog }) => {
  expectLog(/held|mail|message/i);
  const location = await school({ twin, pomona }, ['ada', 'bob']);
  await twin.post('/control/locations/first/mdm-info', { id: 'theirs', name: 'Other MDM', metadata: '1' });
  const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada', 'bob']) });
  const seen = await waitFor('the owner is seen', async () => {
    const now = await pomona.get(at(location));
    return now.owner.state === 'foreign' && now;
  });
  assert.equal(seen.owner.name, 'Other MDM');
  assert.equal(await writes(twin), 0);
  await waitFor('the job says why it waits', async () => /Other MDM/.test((await pomona.get(`/api/v1/jobs/${asked.job.id}`)).wait.reason));
  const back = await pomona.post(`${at(location)}/take-back`);
  assert.equal(back.owner.state, 'ours');
  assert.equal((await pomona.job(asked)).state, 'done');
  assert.equal((await twin.counts()).creates_applied, 2);
});

story('a token that may only read holds the work and says so; one that may write lets it go on', async ({ twin, pomona, expectLog }) => {
  expectLog(/held|mail|message/i);
  const location = await school({ twin, pomona }, ['ada']);
  const { token_file: reader } = await twin.post('/control/locations/first/tokens', { read_only: true });
  await pomona.good('PUT', `${at(location)}/token`, reader, file);
  const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  const seen = await waitFor('read only', async () => {
    const now = await pomona.get(at(location));
    return now.token.state === 'read_only' && now;
  });
  assert.match(seen.token.reason, /may only read/);
  const { token_file: writer } = await twin.post('/control/locations/first/tokens');
  await pomona.good('PUT', `${at(location)}/token`, writer, file);
  assert.equal((await pomona.job(asked)).state, 'done');
});

story('a location with VPP users is left only when they may stay, and may come back', async ({ twin, pomona, expectLog }) => {
  expectLog(/mail|message/i);
  const location = await school({ twin, pomona }, ['ada']);
  await pomona.job(await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) }));
  const refused = await pomona.ask('DELETE', at(location));
  assert.equal(refused.status, 409);
  assert.equal(refused.body.type, '/problems/location.has_users');
  await pomona.patch(`/api/v1/people/${(await pomona.person('ada')).id}`, { active: false });
  const plan = await pomona.does('sync', { location: location.id, mode: 'plan' });
  assert.equal(plan.state, 'planned');
  assert.equal((await pomona.ask('DELETE', `${at(location)}?leave_users=1`)).status, 204);
  assert.equal((await pomona.get('/api/v1/locations')).items.length, 0);
  const ended = await pomona.get(`/api/v1/jobs/${plan.id}`);
  assert.deepEqual([ended.state, ended.step], ['cancelled', 'The location was forgotten here']);
  const left = await twin.get('/control/locations/first');
  assert.match(left.mdm_name, /Not managed/);
  assert.equal(left.registered, 1);
  const again = await pomona.addLocation(left.token_file);
  assert.notEqual(again.id, location.id);
  assert.equal(again.owner.state, 'ours');
});

story("Apple's short breath is sat out while a location is added; a long one is told", async ({ twin, pomona, expectLog }) => {
  expectLog(/apple\.wait/);
  const { token_file: token } = await twin.get('/control/locations/first');
  await twin.fault({ kind: 'status', status: 503, retry_after: 3600, operation: 'client.config' });
  const refused = await pomona.ask('POST', '/api/v1/locations', token, file);
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.headers.get('retry-after')) > 3000);
  assert.match(refused.body.detail, /Nothing was stored; try again after 2/);
  const other = await twin.location({ name: 'Second', assets: 1 });
  await twin.fault({ kind: 'status', status: 503, retry_after: 1, operation: 'client.config' });
  await twin.fault({ kind: 'drop_answer', operation: 'client.configure' });
  assert.equal((await pomona.addLocation(other.token_file)).name, 'Second');
});

story('one odd refusal of the token changes nothing: the work goes on by itself', async ({ twin, pomona, expectLog }) => {
  expectLog(/mail|message/i);
  const location = await school({ twin, pomona }, ['ada']);
  await twin.fault({ kind: 'error_in_200', error_number: 9622, operation: 'users.create' });
  const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  await waitFor('Pomona asks a second time', async () => /second time/.test((await pomona.get(at(location))).wait.reason));
  assert.equal((await pomona.get(at(location))).token.state, 'valid');
  assert.equal((await pomona.job(asked)).state, 'done');
  assert.equal((await pomona.get(at(location))).token.state, 'valid');
  assert.equal((await twin.counts()).creates_applied, 1);
});

story('of two who add a location at once, one is told that it is here, and Apple knows the right address', async ({ twin, pomona }) => {
  const { token_file: token } = await twin.get('/control/locations/first');
  await twin.fault({ kind: 'delay', operation: 'client.configure', delay_ms: 300, count: 2 });
  const answers = await Promise.all([1, 2].map(() => pomona.ask('POST', '/api/v1/locations', token, file)));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409]);
  assert.equal(answers.find((answer) => answer.status === 409).body.type, '/problems/token.duplicate');
  await twin.post('/control/locations/first/assets', { adam_id: '1500000001', count: 7 });
  await waitFor('the purchase is here', async () => {
    const { items } = await pomona.get('/api/v1/locations/1/assets?limit=200');
    return items.find((asset) => asset.adam_id === '1500000001')?.total === 2007;
  });
});

story('a token whose time is over holds the work, and says so', async ({ twin, pomona, expectLog }) => {
  expectLog(/held|mail|message|token_expiring/i);
  const { token_file: short } = await twin.post('/control/locations/first/tokens', { expires_in_ms: 6000 });
  const location = await pomona.addLocation(short);
  const seen = await waitFor('expired', async () => {
    const now = await pomona.get(at(location));
    return now.token.state === 'expired' && now;
  });
  assert.match(seen.token.reason, /expired/);
  assert.equal(seen.token.days_left, 0);
  const { token_file: fresh } = await twin.post('/control/locations/first/tokens');
  const renewed = await pomona.good('PUT', `${at(location)}/token`, fresh, file);
  assert.equal(renewed.token.state, 'valid');
  assert.equal(renewed.id, location.id);
});
