// A file that is no good token: each kind with a sentence of its own, and nothing stored.
import assert from 'node:assert/strict';
import { school, chosen } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const base64 = (text) => Buffer.from(text).toString('base64');

story('five refusals, five sentences', async ({ twin, pomona }) => {
  const expired = (await twin.location({ name: 'Old', expires: '2020-01-01T00:00:00Z' })).token_file;
  const revoked = await twin.location({ name: 'Taken back' });
  await twin.post(`/control/locations/${revoked.uid}/tokens/revoke`);
  const { token_file: good } = await twin.get('/control/locations/first');
  const unknown = base64(JSON.stringify({ token: 'x'.repeat(64), expDate: '2031-01-01T00:00:00+0000', orgName: 'Nobody' }));
  await pomona.addLocation(good);
  const cases = [
    ['not base64', 'this is *not* a token file'],
    ['not JSON', base64('neither is this')],
    ['expired', expired],
    ['here already', good],
    ['revoked at Apple', revoked.token_file],
    ['unknown to Apple', unknown],
    ['empty', ' \n'],
  ];
  const said = new Map();
  for (const [name, file] of cases) {
    const { status, body } = await pomona.ask('POST', '/api/v1/locations', file, { type: 'application/octet-stream' });
    assert.ok(status >= 400 && status < 500, `${name}: ${status}`);
    assert.ok(body.detail.length > 20, `${name}: ${body.detail}`);
    assert.ok(!said.has(body.detail), `${name} says the same as ${said.get(body.detail)}: ${body.detail}`);
    assert.ok(!body.detail.includes(file.slice(0, 20)), `${name} shows the token`);
    said.set(body.detail, name);
  }
  assert.equal((await pomona.get('/api/v1/locations')).items.length, 1);
});

story('a location that another MDM manages is not taken without being asked', async ({ twin, pomona }) => {
  await twin.post('/control/locations/first/mdm-info', { id: 'theirs', name: 'Other MDM', metadata: '1' });
  const { token_file: file } = await twin.get('/control/locations/first');
  const refused = await pomona.ask('POST', '/api/v1/locations', file, { type: 'application/octet-stream' });
  assert.equal(refused.status, 409);
  assert.match(refused.body.detail, /Other MDM/);
  assert.equal((await twin.get('/control/locations/first')).mdm_id, 'theirs');
  await pomona.addLocation(file, '?take_over=1');
  assert.notEqual((await twin.get('/control/locations/first')).mdm_id, 'theirs');
});

story('a token revoked in the middle holds the work; a new one lets it go on', async ({ twin, pomona, expectLog }) => {
  expectLog(/token|apple/i);
  const location = await school({ twin, pomona }, ['ada']);
  await twin.post('/control/locations/first/tokens/revoke');
  const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  await waitFor('the location says so', async () => (await pomona.get(`/api/v1/locations/${location.id}`)).token.state === 'revoked');
  const tried = await pomona.post(`/api/v1/locations/${location.id}/test`);
  assert.deepEqual([tried.good, /\(Apple \d+\)|token/.test(tried.words)], [false, true], JSON.stringify(tried));
  assert.equal((await pomona.cli('location', 'test')).code, 1);
  const { token_file: fresh } = await twin.post('/control/locations/first/tokens');
  const renewed = await pomona.ask('PUT', `/api/v1/locations/${location.id}/token`, fresh, { type: 'application/octet-stream' });
  assert.ok(renewed.status < 300, JSON.stringify(renewed.body));
  assert.equal((await pomona.job(asked)).state, 'done');
  assert.equal((await twin.counts()).creates_applied, 1);
  const { good, words, ours } = await pomona.post(`/api/v1/locations/${location.id}/test`);
  assert.deepEqual([good, words, ours], [true, null, true]);
  assert.match((await pomona.cli('location', 'test')).stdout, /Good: +yes/);
});

story('a token of another location does not replace this one', async ({ twin, pomona }) => {
  const location = await school({ twin, pomona }, ['ada']);
  const { token_file: other } = await twin.location({ name: 'Elsewhere' });
  const refused = await pomona.ask('PUT', `/api/v1/locations/${location.id}/token`, other, { type: 'application/octet-stream' });
  assert.equal(refused.status, 409);
  assert.equal((await pomona.get(`/api/v1/locations/${location.id}`)).token.state, 'valid');
});

story('the token that is in use is no new one', async ({ twin, pomona }) => {
  const location = await school({ twin, pomona }, ['ada']);
  const { token_file: file } = await twin.get('/control/locations/first');
  const renew = () => pomona.ask('PUT', `/api/v1/locations/${location.id}/token`, file, { type: 'application/octet-stream' });
  const refused = await renew();
  assert.deepEqual([refused.status, refused.body.type], [409, '/problems/token.same'], JSON.stringify(refused.body));
  assert.match(refused.body.detail, /uses already\. Nothing was changed\. To renew it, download a new one/);
  assert.equal((await pomona.get(`/api/v1/locations/${location.id}`)).token.state, 'valid');
});
