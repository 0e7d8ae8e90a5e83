// The audit trail: narrowed, taken away as a file, and watched for whether it is as it was written.
import assert from 'node:assert/strict';
import { peopleCsv } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { damage } from './lib/damage.mjs';
import { waitFor } from './lib/wait.mjs';

const look = (pomona) => pomona.get('/api/v1/audit/check');
const walked = (pomona) => waitFor('the trail is walked', async () => {
  const check = await look(pomona);
  return !check.checking && check.state !== 'unknown' && check;
});

story('before and after, the result, and the object; a file of either kind', async ({ pomona, twin }) => {
  const location = await pomona.addLocation((await twin.get('/control/locations/first')).token_file);
  await pomona.import('people', peopleCsv(['ada', 'bob']));
  const ada = await pomona.person('ada');
  await pomona.patch(`/api/v1/people/${ada.id}`, { email: 'countess@orchard.example.org', department: 'Öl und Gas' });
  await pomona.patch(`/api/v1/locations/${location.id}`, { message_channel: 'email' });
  await pomona.good('PUT', '/api/v1/settings/smtp', { host: '127.0.0.1', port: twin.ports.smtp, security: 'none', from_address: 'it@orchard.example.org', user: 'mailer', password: 'hush-hush' });
  const first = async (query) => (await pomona.get(`/api/v1/audit?${query}`)).items[0];

  const changed = await first('act=person.change');
  assert.deepEqual([changed.result, changed.detail.before.email, changed.detail.after], ['ok', 'ada@orchard.example.org', { email: 'countess@orchard.example.org', department: 'Öl und Gas' }]);
  assert.equal((await first('act=location.set_channel')).detail.after.message_channel, 'email');
  const mail = (await first('act=settings.smtp')).detail;
  assert.deepEqual([mail.after.password, mail.before.password, JSON.stringify(mail).includes('hush')], ['changed', undefined, false]);
  assert.equal((await pomona.get('/api/v1/audit?result=refused')).items.length, 0);
  assert.deepEqual((await pomona.get('/api/v1/audit?target=ADA&target_kind=person')).items.map((row) => row.act), ['person.change']);
  assert.equal((await pomona.ask('GET', '/api/v1/audit?result=good')).status, 400);

  const file = await fetch(`${pomona.url}/api/v1/audit.json?target_kind=person`, { headers: { authorization: `Bearer ${pomona.token}` } });
  assert.match(file.headers.get('content-disposition'), /audit\.json/);
  assert.deepEqual(await file.json(), (await pomona.get('/api/v1/audit?target_kind=person')).items);
  assert.deepEqual(await pomona.get('/api/v1/audit.json?act=nothing'), []);
  assert.match((await pomona.cli('audit', 'export', '--filter', 'act=person.change')).stdout, /,result,detail\r\n.*"ok","\{/);
});

story('a trail that was tampered with, while the server runs', async ({ pomona, expectLog }) => {
  for (let i = 0; i < 1100; i++) if (i % 100 === 0) await pomona.import('people', peopleCsv([`u${i}`]));
  const whole = await walked(pomona);
  assert.deepEqual([whole.state, whole.bad_row], ['whole', null]);
  const said = await pomona.cli('audit', 'verify');
  assert.deepEqual([said.code, /^complete and unchanged up to .*: \d+ rows$/m.test(said.stdout)], [0, true], said.stdout);
  assert.ok((await look(pomona)).checked_at > whole.checked_at, 'it was walked again');

  expectLog(/audit\.broken/);
  await damage(pomona, "update audit set actor_name = 'eve' where id = 7");
  const broken = await pomona.cli('audit', 'verify');
  assert.deepEqual([broken.code, broken.stdout], [1, 'BROKEN at row 7: it, or the row before it, is not as it was written. 6 rows before it fit.\n']);
  const { items: [problem] } = await pomona.get('/api/v1/problems');
  assert.deepEqual([problem.kind, problem.severity, problem.path], ['audit_broken', 'danger', '/audit']);
  await damage(pomona, `update audit set actor_name = '${pomona.caller}' where id = 7`);
  assert.equal((await pomona.cli('audit', 'verify')).code, 0, 'a database that was put right is whole');
  assert.ok((await pomona.get('/api/v1/problems')).items.every((one) => one.kind !== 'audit_broken'));
});
