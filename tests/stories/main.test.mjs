// Invite, accept, delete, sync: what the page promises, by e-mail and by notification.
import assert from 'node:assert/strict';
import { mainStory } from './lib/main_story.mjs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chosen, devicesCsv, mailOf, peopleCsv, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

function fileWith(folder, name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

story('a person is invited, accepts, is synced, deleted, and invited again', mainStory);

story('the invitation comes as a notification on the device', async ({ twin, pomona }) => {
  const location = await school({ twin, pomona }, ['ada'], { channel: 'notification' });
  const job = await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  assert.equal(job.state, 'done');
  const device = await waitFor('the device shows it', async () => (await twin.get('/control/devices')).items[0]);
  assert.equal(device.commands[0].request_type, 'InviteToProgram');
  await pomona.shows('ada', 'sent by notification', (p) => p.vpp.message.state === 'sent' && p.vpp.message.channel === 'notification');
  assert.equal(await twin.acceptLink(device.commands[0].invitation_url, 'ada@store.example'), 200);
  await pomona.shows('ada', 'Associated', (p) => p.vpp.state === 'associated');
  assert.equal((await twin.mail()).length, 0);
});

story('when the device refuses, the mail is sent instead', async ({ twin, pomona, expectLog }) => {
  expectLog(/mdm|message|deliver/);
  const location = await school({ twin, pomona }, ['ada'], { channel: 'notification_else_email' });
  await twin.patch('/control/mdm', { mode: 'error' });
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  const mail = await waitFor('the mail came', async () => (await twin.mail(`to=${mailOf('ada')}`))[0]);
  assert.equal(await twin.acceptLink(mail.links.find((l) => l.includes('inviteCode=')), 'ada@store.example'), 200);
  await pomona.shows('ada', 'Associated', (p) => p.vpp.state === 'associated');
});

story('the same request twice is one job', async ({ twin, pomona }) => {
  const location = await school({ twin, pomona }, ['ada', 'bob']);
  const body = { location: location.id, selection: await chosen(pomona, ['ada']) };
  const headers = { 'idempotency-key': 'story-1' };
  const first = await pomona.post('/api/v1/vpp-users/invite', body, { headers });
  const second = await pomona.post('/api/v1/vpp-users/invite', body, { headers });
  assert.equal(second.job.id, first.job.id);
  const other = await pomona.ask('POST', '/api/v1/vpp-users/invite', { ...body, selection: await chosen(pomona, ['bob']) }, { headers });
  assert.equal(other.status, 409);
  await pomona.job(first);
  assert.equal((await twin.counts()).creates_applied, 1);
});

story('the command line does the same', async ({ twin, pomona, folder }) => {
  const good = async (...args) => {
    const { code, stdout, stderr } = await pomona.cli(...args);
    assert.equal(code, 0, `pomona ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const files = { token: fileWith(folder, 'school.vpptoken', (await twin.get('/control/locations/first')).token_file),
    people: fileWith(folder, 'people.csv', peopleCsv(['ada', 'bob'])), devices: fileWith(folder, 'devices.csv', devicesCsv(['ada', 'bob'])) };
  await good('location', 'add', files.token);
  assert.match(await good('location', 'list'), /Orchard School/);
  await good('location', 'channel', '1', 'email');
  await good('import', 'people', files.people, '--apply');
  await good('import', 'devices', files.devices, '--apply');
  assert.match(await good('people', 'list'), /ada[^]*bob/);
  assert.match(await good('invite', '--user', 'ada', '--dry-run'), /1/);
  await good('invite', '--user', 'ada', '--wait');
  assert.equal((await twin.counts()).registered, 1);
  await good('sync', '--wait');
  assert.match(await good('jobs', 'list'), /invite/);
  await good('delete', '--user', 'ada', '--wait', '--yes');
  assert.equal((await twin.counts()).retired, 1);
  assert.equal((await pomona.cli('people', 'show', 'nobody-here')).code, 4);
});
