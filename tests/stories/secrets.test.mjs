// What must never be readable: neither in the log at its most talkative, nor in the data folder.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chosen, mailOf, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const password = 'seven green apples fell';

// The files of a folder, read as bytes of one character each.
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return entry.isFile() ? [[path, readFileSync(path, 'latin1')]] : []; // the host's socket is neither
  });
}

// Signs the first owner in as a browser does: {cookie, csrf}.
async function signIn(pomona) {
  const code = /Set-up code: +(\S+)/.exec(pomona.program.text())[1];
  const ask = (path, body) => fetch(pomona.url + path, {
    method: 'POST', body: JSON.stringify(body), headers: { origin: pomona.url, 'content-type': 'application/json' },
  });
  await ask('/api/v1/setup', { code: 'AAAA-BBBB-CCCC', name: 'ada', email: 'ada@example.org', password });
  const answer = await ask('/api/v1/setup', { code, name: 'ada', email: 'ada@example.org', password });
  assert.equal(answer.status, 200);
  await ask('/api/v1/session', { name: 'ada', password: `${password} not` });
  const cookie = answer.headers.get('set-cookie').split(';')[0];
  return { cookie, csrf: (await answer.json()).csrf_token };
}

const encodings = (secret) => [secret, Buffer.from(secret).toString('base64').replace(/=*$/, '').slice(0, -1), encodeURIComponent(secret)];

story('no secret stands in the log or in the data folder', { pomona: { env: { POMONA_LOG: 'debug' } } }, async ({ twin, pomona, folder, expectLog }) => {
  expectLog(/message|http\.request/);
  const secrets = { 'smtp password': 'correct horse battery staple', 'owner password': password, 'API token': pomona.token };
  const { cookie, csrf } = await signIn(pomona);
  secrets.session = cookie.split('=')[1];
  secrets['CSRF token'] = csrf;
  const location = await school({ twin, pomona }, ['ada', 'bob', 'cyd']);
  const file = (await twin.get('/control/locations/first')).token_file;
  secrets['token file'] = file.trim().slice(0, 60);
  secrets['content token'] = JSON.parse(Buffer.from(file, 'base64')).token;

  const smtp = { host: '127.0.0.1', port: twin.ports.smtp, security: 'none', from_address: 'it@orchard.example.org', from_name: 'IT', user: 'pomona' };
  await pomona.put('/api/v1/settings/smtp', { ...smtp, password: secrets['smtp password'] });
  await pomona.post('/api/v1/settings/smtp/test', { to: 'me@example.org' });
  secrets['made API token'] = (await pomona.post('/api/v1/api-tokens', { name: 'x', role: 'auditor' })).token;
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada', 'bob']) });
  for (const user of await waitFor('both are registered', async () => {
    const users = await twin.users();
    return users.length === 2 && users.every((u) => u.invite_code) && users;
  })) secrets[`invite code of ${user.email}`] = user.invite_code;
  const handed = await pomona.post(`/api/v1/people/${(await pomona.person('ada')).id}/invitation-link`, {});
  assert.ok(handed.link.includes(encodeURIComponent(secrets[`invite code of ${mailOf('ada')}`])), 'the link has the code');
  // Roads on which things go wrong: wrong bearer, wrong body, broken answers, a mail server that says no.
  const wrong = { authorization: 'Bearer not-the-right-one-at-all' };
  await fetch(`${pomona.url}/api/v1/people`, { headers: wrong });
  secrets['wrong bearer'] = 'not-the-right-one-at-all';
  await pomona.ask('POST', '/api/v1/locations', file.slice(0, -8), { type: 'application/octet-stream' });
  await pomona.ask('POST', '/api/v1/locations', file, { type: 'application/octet-stream' });
  await twin.fault({ kind: 'html', count: 2 });
  await twin.smtp({ verb: 'rcpt', code: 550, count: 1 });
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['cyd']) });
  await pomona.does('sync', { location: location.id });

  const shown = JSON.stringify([await pomona.get('/api/v1/audit'), await pomona.get('/api/v1/jobs'), await pomona.people(), await pomona.get('/api/v1/locations')]);
  await pomona.program.stop();
  await twin.program.stop();
  const bearer = /"notify_token":\s*"([^"]+)"/.exec(readFileSync(`${folder}/twin.json`, 'utf8'));
  assert.ok(bearer, 'the twin knows the bearer of its notifications');
  secrets['hook bearer'] = bearer[1];
  const places = [['the API', shown], ['the log', pomona.program.text()], ...filesIn(pomona.data)];
  for (const [name, secret] of Object.entries(secrets)) {
    assert.ok(secret?.length >= 8, name);
    for (const [place, text] of places) {
      for (const form of encodings(secret)) assert.ok(!text.includes(form), `the ${name} stands in ${place}`);
    }
  }
  assert.ok(/ debug /.test(pomona.program.text()), 'the log is at its most talkative');
  assert.ok(places.slice(2).some(([, text]) => text.includes(mailOf('bob'))), 'the data folder holds what it should');
});

story('nor in what a killed server leaves behind', async ({ twin, pomona, expectLog }) => {
  expectLog(/lane|message/);
  const location = await school({ twin, pomona }, ['ada', 'bob']);
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada', 'bob']) });
  await waitFor('Apple told of it', async () => (await twin.get('/control/notifications')).items.some((n) => n.type === 'USER_MANAGEMENT' && n.state === 'delivered'));
  await pomona.kill();
  const users = await twin.users();
  for (const [where, text] of filesIn(pomona.data))
    for (const user of users) assert.ok(!text.includes(user.invite_code), `the invite code of ${user.email} stands in ${where}`);
  await pomona.start();
});
