// The doors of a running server: set-up, sign-in, the stream, the pages, the host.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Browser, setupCode } from './lib/browser.mjs';
import { Program } from './lib/process.mjs';
import { school } from './lib/school.mjs';
import { story } from './lib/story.mjs';

const password = 'seven green apples fell';


story('the first owner is made once, signs in and out', async ({ pomona }) => {
  const browser = new Browser(pomona.url);
  const code = setupCode(pomona);
  const owner = { code, name: 'ada', email: 'ada@example.org', password };
  assert.equal((await browser.ask('GET', '/api/v1/session')).body.setup_needed, true);
  assert.equal((await browser.ask('POST', '/api/v1/setup', { ...owner, code: 'AAAA-BBBB' })).status, 403);
  assert.equal((await browser.ask('POST', '/api/v1/setup', { ...owner, password: 'short' })).status, 400);

  // Many at once: one owner.
  const all = await Promise.all(Array.from({ length: 10 }, (_, i) => browser.ask('POST', '/api/v1/setup', { ...owner, name: `ada${i}` })));
  assert.deepEqual(all.map((a) => a.status).sort(), [200, ...Array(9).fill(409)]);
  assert.match(browser.setCookie, /^pomona_session=\S{20,}; Path=\/; HttpOnly; SameSite=Strict/);
  const session = (await browser.ask('GET', '/api/v1/session')).body;
  assert.equal(session.admin.role, 'owner');
  assert.equal(session.setup_needed, false);

  // Another start prints no code any more, and the session is still good.
  await pomona.program.stop();
  await pomona.start();
  assert.equal(readFileSync(pomona.program.log, 'utf8').split('Set-up code').length, 2);
  assert.equal((await browser.ask('GET', '/api/v1/people')).status, 200);

  assert.equal((await browser.ask('DELETE', '/api/v1/session', undefined, { 'x-csrf-token': '' })).status, 403);
  assert.equal((await browser.ask('DELETE', '/api/v1/session')).status, 204);
  assert.equal((await browser.ask('GET', '/api/v1/people')).status, 401);
  const other = new Browser(pomona.url);
  assert.equal((await other.ask('POST', '/api/v1/session', { name: session.admin.name, password: 'not that one, sorry' })).status, 401);
  assert.equal((await other.ask('POST', '/api/v1/session', { name: session.admin.name, password })).status, 200);
  assert.equal((await other.ask('POST', '/api/v1/api-tokens', { name: 'x', role: 'auditor' }, { origin: 'https://evil.example' })).status, 403);
  assert.equal((await other.ask('POST', '/api/v1/api-tokens', { name: 'x', role: 'auditor' })).status, 201);
});

story('the stream tells of a job until it is done', async (w) => {
  const { pomona } = w;
  const location = await school(w);
  const stream = await fetch(`${pomona.url}/api/v1/events`, { headers: { authorization: `Bearer ${pomona.token}` } });
  assert.equal(stream.status, 200);
  const heard = [];
  const listening = (async () => {
    let text = '';
    for await (const bytes of stream.body) {
      text += new TextDecoder().decode(bytes);
      const blocks = text.split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        const [, name, data] = /event: (.*)\ndata: (.*)/.exec(block) ?? [];
        if (name === 'job') heard.push(JSON.parse(data));
        if (heard.at(-1)?.state === 'done') return;
      }
    }
  })();
  const job = await pomona.does('sync', { location: location.id });
  await listening;
  await stream.body.cancel().catch(() => {});
  assert.equal(heard.at(-1).id, job.id);
  assert.deepEqual(heard.at(-1), await pomona.get(`/api/v1/jobs/${job.id}`));
});

story('two servers never share a data folder', async ({ pomona, folder }) => {
  const second = new Program('pomona', ['serve', '--data', pomona.data, '--listen', '127.0.0.1:0', '--apple-url', pomona.twin.appleUrl],
    { folder, log: 'second' });
  const { code } = await second.ended;
  assert.equal(code, 1);
  assert.match(second.text(), /Another pomona works with the data folder/);
  // The host's command line goes through the one that runs, and works alone when none does.
  assert.match(await pomona.makeToken('with a server', 'auditor'), /^\S{30,}$/);
  await pomona.program.stop();
  const token = await pomona.makeToken('without a server', 'auditor');
  await pomona.start();
  const answer = await fetch(`${pomona.url}/api/v1/people`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
});

story('a mistyped data folder gets no token, and a second script/server leaves the first alone', async ({ pomona, folder }) => {
  const mistyped = `${folder}/dtaa`;
  const { code, stderr } = await pomona.cli('token', 'create', '--data', mistyped, '--name', 'x', '--role', 'owner');
  assert.equal(code, 1, stderr);
  assert.match(stderr, /There is no data of a Pomona server in the folder .*dtaa/);
  assert.equal(existsSync(mistyped), false);

  const ports = `${pomona.data}/port`;
  writeFileSync(ports, '8080\n');
  const script = fileURLToPath(new URL('../../script/server', import.meta.url));
  const second = spawnSync(script, ['--data', pomona.data], { encoding: 'utf8' });
  assert.equal(second.status, 1, second.stderr);
  assert.match(second.stderr, /Pomona already runs with the data in/);
  assert.equal(readFileSync(ports, 'utf8'), '8080\n');
});

const badStarts = [
  // A content token never goes to a stranger.
  [['--apple-url', 'https://vpp.example.org/mdm/v2'], 2, /is not Apple's/],
  [['--apple-url', 'http://vpp.itunes.apple.com/mdm/v2'], 2, /is not Apple's/],
  [['--settle-seconds', '0'], 2, /from 1 to 3600/],
  [['--listen', 'nonsense'], 2, /is not an address to listen on/],
  [['--public-url', 'pomona.example'], 2, /--public-url pomona.example is not an address/],
  [['--mdm-url', 'ftp://mdm'], 2, /--mdm-url ftp:\/\/mdm is not an address/],
  [['--smtp', 'mail'], 2, /is not a mail server like/],
  [['--database', 'mysql://x'], 2, /neither with sqlite: nor with postgres/],
  [['--data', '/proc/pomona'], 1, /cannot be made/],
  [['--bogus', '1'], 2, /no option --bogus/],
];

story('a start that cannot be right says why', async ({ folder }) => {
  for (const [i, [args, code, words]] of badStarts.entries()) {
    const wrong = new Program('pomona', ['serve', '--data', `${folder}/other`, '--listen', '127.0.0.1:0', ...args], { folder, log: `wrong-${i}` });
    const end = await wrong.ended;
    assert.equal(end.code, code, `${args}: ${JSON.stringify(end)} ${wrong.text()}`);
    assert.match(wrong.text(), words);
  }
});

story('pages, files and what is neither', async ({ pomona }) => {
  const get = (path, headers = {}) => fetch(pomona.url + path, { headers });
  const page = await get('/user/17', { accept: 'text/html' });
  const policy = page.headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  const html = await page.text();
  if (!existsSync(fileURLToPath(new URL('../../web/dist/index.html', import.meta.url)))) {
    assert.equal(page.status, 503);
    assert.match(html, /script\/build/);
    return;
  }
  assert.equal(page.status, 200);
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)[1];
  const file = await get(script);
  assert.equal(file.status, 200);
  assert.match(file.headers.get('cache-control'), /immutable/);
  assert.match(file.headers.get('content-type'), /javascript/);
  assert.equal((await get('/', { 'if-none-match': page.headers.get('etag') })).status, 304);
  assert.equal((await get('/assets/app-AAAAAAAA.js', { accept: 'text/html' })).status, 404);
  assert.equal((await get('/api/v1/nothing', { accept: 'text/html' })).headers.get('content-type'), 'application/problem+json');
  assert.equal((await get('/assets/..%2f..%2fetc/passwd')).status, 400);
});

story('a script with its own token need not name the type of its JSON; a browser must', async ({ pomona }) => {
  const person = JSON.stringify({ user_name: 'plain', display_name: 'Plain Curl' });
  const bare = (headers) => fetch(`${pomona.url}/api/v1/people`, { method: 'POST', body: person, headers });
  const form = 'application/x-www-form-urlencoded'; // what curl -d says of its own accord
  assert.equal((await bare({ authorization: `Bearer ${pomona.token}`, 'content-type': form })).status, 201);

  const browser = new Browser(pomona.url);
  const owner = { code: setupCode(pomona), name: 'ada', email: 'ada@example.org', password };
  assert.equal((await browser.ask('POST', '/api/v1/setup', owner)).status, 200);
  const refused = await browser.ask('POST', '/api/v1/people', { user_name: 'other', display_name: 'Other' }, { 'content-type': form });
  assert.equal(refused.status, 415);
});
