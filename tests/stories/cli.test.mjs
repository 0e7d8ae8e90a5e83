// The main job from the command line: what it prints, and what it gives back to the shell.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { devicesCsv, peopleCsv } from './lib/school.mjs';
import { story } from './lib/story.mjs';

async function fine(pomona, ...args) {
  const { code, stdout, stderr } = await pomona.cli(...args);
  assert.equal(code, 0, `pomona ${args.join(' ')}: ${code}\n${stdout}\n${stderr}`);
  return stdout;
}

// The exit code, and that the reason stands on stderr and nothing on stdout.
async function refused(pomona, code, pattern, ...args) {
  const got = await pomona.cli(...args);
  assert.equal(got.code, code, `pomona ${args.join(' ')}: ${got.code}\n${got.stdout}\n${got.stderr}`);
  assert.match(got.stderr, pattern);
  assert.equal(got.stdout, '');
}

story('invite, accept, delete and sync from the command line', async ({ twin, pomona, folder }) => {
  const file = (name, text) => { writeFileSync(join(folder, name), text); return join(folder, name); };
  const { token_file: token } = await twin.get('/control/locations/first');

  assert.match(await fine(pomona, 'location', 'add', file('a.vpptoken', token)), /Orchard School/);
  await fine(pomona, 'location', 'channel', '1', 'email');
  const preview = await fine(pomona, 'import', 'people', file('people.csv', `${peopleCsv(['ada', 'bob', 'cyd'])}\n,nobody`));
  assert.match(preview, /Added: +3/);
  assert.match(preview, /^5 .*user name/m);
  assert.match(await fine(pomona, 'people', 'list'), /^ID .*\n$/);
  await fine(pomona, 'import', 'people', join(folder, 'people.csv'), '--apply');
  await fine(pomona, 'import', 'devices', file('devices.csv', devicesCsv(['ada', 'bob'])), '--apply');

  const dry = await fine(pomona, 'invite', '--user', 'ada', 'bob', 'cyd', '--dry-run');
  assert.match(dry, /Will do: 2/);
  assert.match(dry, /Will skip: 1\n {2}cyd Apple: .+/);
  const invited = JSON.parse(await fine(pomona, 'invite', '--user', 'ada', 'bob', '--channel', 'email', '--wait', '--json'));
  assert.deepEqual([invited.state, invited.channel, invited.done, invited.failed], ['done', 'email', 2, 0]);
  assert.match(await fine(pomona, 'invite', '--user', 'ada', 'bob', '--skip-recent', '--dry-run'), /Will skip: 2\n.*last 24 hours.*\n.*\nSent an invitation in the last 24 hours: 2/);
  assert.match(await fine(pomona, 'people', 'show', 'ada@orchard.example.org'), /VPP state: +invited/);
  assert.match(await fine(pomona, 'people', 'history', 'ada'), /message .*done|invitation .*sent/);

  await twin.accept({ email: 'ada@orchard.example.org', account: 'ada@store.example' });
  await pomona.shows('ada', 'Associated', (p) => p.vpp.state === 'associated');
  const listed = JSON.parse(await fine(pomona, 'people', 'list', '--filter', 'state=associated', '--json'));
  assert.deepEqual(listed.items.map((p) => p.user_name), ['ada']);

  await refused(pomona, 1, /Say --yes/, 'delete', '--user', 'ada');
  await fine(pomona, 'delete', '--all-matching', '--filter', 'state=associated', '--yes', '--wait');
  assert.equal((await pomona.person('ada')).vpp.state, 'none');
  assert.match(await fine(pomona, 'sync', '--plan', '--wait'), /State: +(planned|done)/);
  assert.match(await fine(pomona, 'sync', '--wait'), /State: +done/);
  assert.match(await fine(pomona, 'location', 'schedule', '--mode', 'daily', '--at', '03:30', '--weekdays', 'mon,fri',
    '--time-zone', 'Europe/Berlin', '--apply', 'plan_only'), /Time zone: +Europe\/Berlin/);
  assert.match(await fine(pomona, 'jobs', 'list', '--filter', 'kind=invite'), /invite +done/);
  assert.match(await fine(pomona, 'messages', 'list', '--filter', 'channel=email'), /bob Apple +email +sent/);

  assert.match(await fine(pomona, 'people', 'add', 'dee', '--name', 'Dee Ünal', '--email', 'dee@orchard.example.org', '--groups', 'staff,library'), /Groups: +staff, library/);
  assert.match(await fine(pomona, 'people', 'change', 'dee', '--active', 'no', '--email', ''), /Active: +no/);
  assert.equal((await pomona.person('dee')).email, null);
  const exported = await fine(pomona, 'people', 'export', '--filter', 'q=dee');
  assert.match(exported, /user_name.*\n.*Dee Ünal/s);
  await fine(pomona, 'people', 'remove', 'dee', '--yes');
  await refused(pomona, 4, /no user "dee"/, 'people', 'show', 'dee');

  const spare = await pomona.makeToken('spare', 'auditor');
  const { items } = JSON.parse(await fine(pomona, 'tokens', 'list', '--json'));
  await fine(pomona, 'tokens', 'revoke', String(items.find((t) => t.name === 'spare').id));
  await refused(pomona, 3, /./, 'people', 'list', '--token', spare);
  assert.match(await fine(pomona, 'audit', 'list'), /vpp_users\.invite/);
});

story('what goes wrong on the command line', async ({ twin, pomona, folder }) => {
  const { token_file: token } = await twin.get('/control/locations/first');
  const good = join(folder, 'a.vpptoken'), bad = join(folder, 'bad.vpptoken');
  writeFileSync(good, token);
  writeFileSync(bad, 'not a token!');

  await refused(pomona, 2, /there is no command/, 'dance');
  await refused(pomona, 2, /no option --bogus/, 'invite', '--bogus');
  await refused(pomona, 2, /say for whom/, 'invite');
  await refused(pomona, 2, /usage: pomona jobs show ID/, 'jobs', 'show');
  await refused(pomona, 2, /one argument too many/, 'location', 'list', 'all');
  await refused(pomona, 2, /KEY=VALUE/, 'people', 'list', '--filter', 'colour=red');
  await refused(pomona, 2, /one of/, 'people', 'list', '--filter', 'state=gone');
  await refused(pomona, 2, /base64/, 'location', 'add', bad);
  await refused(pomona, 2, /cannot be read/, 'location', 'add', join(folder, 'none'));
  await refused(pomona, 4, /no user "ada"/, 'people', 'show', 'ada');
  await refused(pomona, 4, /./, 'jobs', 'show', '17');
  await fine(pomona, 'location', 'add', good);
  await refused(pomona, 5, /already/, 'location', 'add', good);
  await refused(pomona, 3, /./, 'people', 'list', '--token', 'guessed');
  await refused(pomona, 6, /not reached/, 'people', 'list', '--server', 'http://127.0.0.1:1');

  const auditor = await pomona.makeToken('reader', 'auditor');
  await refused(pomona, 3, /needs the role operator/, 'sync', '--token', auditor);
  await fine(pomona, 'jobs', 'list', '--token', auditor);
  assert.match(await fine(pomona, 'help'), /people list/);
  assert.match(await fine(pomona, 'sync', '--help'), /usage: pomona sync/);
  assert.match(await fine(pomona, 'serve', '--help'), /POMONA_PUBLIC_URL/);
});

story('two locations from the command line', async ({ twin, pomona, folder }) => {
  const file = (name, text) => { writeFileSync(join(folder, name), text); return join(folder, name); };
  const { token_file: first } = await twin.get('/control/locations/first');
  const { token_file: second } = await twin.post('/control/locations', { name: 'South Campus', organisation: 'South' });
  await fine(pomona, 'location', 'add', file('a.vpptoken', first));
  await fine(pomona, 'location', 'add', file('b.vpptoken', second));
  const imported = await fine(pomona, 'import', 'people', file('people.csv', peopleCsv(['ada', 'bob'])), '--apply');
  assert.match(imported, /Summary: +.*added 2, changed 0/);
  await fine(pomona, 'import', 'devices', file('devices.csv', devicesCsv(['ada', 'bob'])), '--apply');

  // What is of one location says how to name it; what is not, does not ask.
  await refused(pomona, 2, /1 \(Orchard School\), 2 \(South Campus\).*--location ID/s, 'people', 'list');
  await refused(pomona, 2, /--location ID/, 'invite', '--user', 'ada');
  assert.match(await fine(pomona, 'people', 'change', 'ada', '--email', 'ada@new.example.org'), /ada@new\.example\.org/);
  assert.match(await fine(pomona, 'people', 'history', 'ada'), /^WHEN/);

  assert.match(await fine(pomona, 'invite', '--user', 'ada', '--location', '2', '--wait'), /State: +done/);
  assert.match(await fine(pomona, 'people', 'show', 'ada', '--location', '2'), /VPP state: +(registered|invited)/);
  assert.match(await fine(pomona, 'people', 'show', 'ada', '--location', '1'), /VPP state: +none/);
  await fine(pomona, 'invite', '--all-matching', '--filter', 'eligible=yes', '--location', '1', '--wait');
  assert.match(await fine(pomona, 'people', 'list', '--location', '1', '--filter', 'eligible=yes'), /ada(.*\n)+.*bob/);

  // Findings of one location, repaired all at once.
  await twin.knobs({ notify_lost_percent: 100 });
  for (const email of ['ada@new.example.org', 'bob@orchard.example.org']) await twin.post('/control/locations/first/retire', { email });
  for (const id of ['theirs-1', 'theirs-2']) await twin.post('/control/locations/first/users', { client_user_id: id, email: `${id}@elsewhere.example` });
  await fine(pomona, 'sync', '--location', '1', '--wait');
  assert.match(await fine(pomona, 'findings', 'groups'), /Orchard School +foreign +2 +retire +2 .*\n.*Orchard School +retired_elsewhere +2 +invite +2/);
  assert.match(await fine(pomona, 'findings', 'groups', '--location', '2'), /^LOCATION.*\n$/);
  await refused(pomona, 2, /--location ID/, 'findings', 'repair-all', 'foreign', 'leave');
  await refused(pomona, 2, /not invite, sync, delete, retire or leave/, 'findings', 'repair-all', 'foreign', 'burn');
  assert.match(await fine(pomona, 'findings', 'repair-all', 'retired_elsewhere', 'invite', '--location', '1', '--dry-run'), /Findings: 2\nWill do: 2\n/);
  assert.match(await fine(pomona, 'findings', 'repair-all', 'retired_elsewhere', 'invite', '--location', '1', '--wait'), /State: +done/);
  assert.match(await fine(pomona, 'findings', 'repair-all', 'foreign', 'leave', '--location', '1'), /^2 left as they are$/m);
  assert.match(await fine(pomona, 'findings', 'groups', '--state', 'solved'), /foreign +2/);
  assert.match(await fine(pomona, 'location', 'assets', '1', '--filter', 'type=book', 'sort=scarce'), /Book/);
});
