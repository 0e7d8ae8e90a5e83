// One's own account: the password, and where one is signed in.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Browser, setupCode } from './lib/browser.mjs';
import { story } from './lib/story.mjs';

const password = 'seven green apples fell';
const fresh = 'nine grey herons waded home';

async function owner(pomona) {
  const browser = new Browser(pomona.url);
  await browser.ask('POST', '/api/v1/setup', { code: setupCode(pomona), name: 'ada', email: 'ada@example.org', password });
  return browser;
}

async function signIn(pomona, word) {
  const browser = new Browser(pomona.url);
  const { status } = await browser.ask('POST', '/api/v1/session', { name: 'ada', password: word });
  return { browser, status };
}

story('a new password ends the other sessions, this one goes on', async ({ pomona }) => {
  const first = await owner(pomona);
  const { browser } = await signIn(pomona, password);
  const change = (old_password, new_password) => browser.ask('PUT', '/api/v1/session/password', { old_password, new_password });
  const wrong = await change('not that one, sorry', fresh);
  assert.deepEqual([wrong.status, wrong.body.type, wrong.body.errors[0].pointer], [403, '/problems/password.wrong', '/old_password']);
  const short = await change(password, 'short');
  assert.deepEqual([short.status, short.body.errors[0].pointer], [400, '/new_password']);
  assert.equal((await first.ask('GET', '/api/v1/sessions')).status, 200);
  assert.equal((await change(password, fresh)).status, 204);
  assert.equal((await browser.ask('GET', '/api/v1/sessions')).status, 200);
  assert.equal((await first.ask('GET', '/api/v1/sessions')).status, 401);
  assert.equal((await signIn(pomona, password)).status, 401);
  assert.equal((await signIn(pomona, fresh)).status, 200);
  const acts = (await pomona.get('/api/v1/audit')).items.map((row) => row.act);
  assert.ok(acts.includes('admin.change_password'), JSON.stringify(acts));
});

story('sessions are listed with their address, and ended', async ({ pomona }) => {
  const first = await owner(pomona);
  const { browser: second } = await signIn(pomona, password);
  const { browser: third } = await signIn(pomona, password);
  const { items } = (await third.ask('GET', '/api/v1/sessions')).body;
  assert.deepEqual(items.map((s) => [s.from_address, s.is_current]), [['127.0.0.1', true], ['127.0.0.1', false], ['127.0.0.1', false]]);
  assert.equal((await third.ask('DELETE', `/api/v1/sessions/${items[1].id}`)).status, 204);
  assert.equal((await second.ask('GET', '/api/v1/people')).status, 401);
  assert.equal((await third.ask('DELETE', `/api/v1/sessions/${items[1].id}`)).status, 404);
  assert.equal((await third.ask('DELETE', '/api/v1/sessions')).status, 204);
  assert.equal((await first.ask('GET', '/api/v1/people')).status, 401);
  assert.equal((await third.ask('GET', '/api/v1/people')).status, 200);
  // A token has neither.
  const token = await pomona.ask('GET', '/api/v1/sessions');
  assert.deepEqual([token.status, token.body.type], [400, '/problems/session.token']);
});

story('a caller that runs away is told when to come again, and takes nobody else’s turns', { pomona: { args: ['--requests-per-minute', '40'] } }, async ({ pomona }) => {
  const ask = (headers) => fetch(`${pomona.url}/api/v1/session`, { headers });
  const mine = { authorization: `Bearer ${pomona.token}` };
  const answers = [];
  for (let i = 0; i < 60; i++) answers.push(await fetch(`${pomona.url}/api/v1/people`, { headers: mine }));
  const limited = answers.filter((a) => a.status === 429);
  assert.ok(limited.length > 0 && answers.slice(0, 40).every((a) => a.status === 200), answers.map((a) => a.status).join(' '));
  assert.ok(Number(limited[0].headers.get('retry-after')) >= 1);
  assert.equal((await limited[0].json()).type, '/problems/requests.too_many');
  const other = await pomona.makeToken('other', 'auditor');
  assert.equal((await fetch(`${pomona.url}/api/v1/people`, { headers: { authorization: `Bearer ${other}` } })).status, 200);

  // Without sign-in it is the address that counts, wrong tokens too.
  const strangers = [];
  for (let i = 0; i < 60; i++) strangers.push((await ask({ authorization: 'Bearer nonsense' })).status);
  assert.ok(strangers.includes(429), strangers.join(' '));
  assert.equal((await fetch(`${pomona.url}/api/v1/people`, { headers: { authorization: `Bearer ${other}` } })).status, 200);
});

const clock = path.join(mkdtempSync(path.join(tmpdir(), 'pomona-clock-')), 'offset');

story('what a page asks by itself keeps nobody signed in; a use does, and so does the wish to stay', { pomona: { env: { POMONA_CLOCK_OFFSET_FILE: clock } } }, async ({ pomona }) => {
  const HOUR = 3_600_000;
  const hoursLater = (hours) => writeFileSync(clock, String(hours * HOUR));
  const browser = await owner(pomona);
  const itself = { 'x-pomona-by-itself': '1' };
  const left = async (headers) => Math.round((await browser.ask('GET', '/api/v1/session', undefined, headers)).body.ends.in_ms / HOUR);
  assert.equal(await left(itself), 12);
  hoursLater(11);
  assert.equal((await browser.ask('GET', '/api/v1/people', undefined, itself)).status, 200);
  assert.equal(await left(itself), 1);
  const extended = await browser.ask('POST', '/api/v1/session/extend');
  assert.deepEqual([extended.status, extended.body.ends.can_extend, extended.body.csrf_token], [200, true, browser.csrf]);
  assert.equal(await left(itself), 12);
  hoursLater(22);
  assert.equal((await browser.ask('GET', '/api/v1/people')).status, 200);
  assert.equal(await left(itself), 12);
  hoursLater(35);
  assert.equal((await browser.ask('GET', '/api/v1/people')).status, 401);
  assert.equal((await browser.ask('GET', '/api/v1/session')).body.ends, null);
  assert.equal((await browser.ask('POST', '/api/v1/session/extend')).status, 401);
  const token = await pomona.ask('POST', '/api/v1/session/extend');
  assert.deepEqual([token.status, token.body.type], [400, '/problems/session.token']);
});
