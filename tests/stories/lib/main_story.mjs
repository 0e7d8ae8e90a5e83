// The page that Pomona was ordered from, once through: told on SQLite, on PostgreSQL, and to an unkind twin.
import assert from 'node:assert/strict';
import { chosen, mailOf, school } from './school.mjs';
import { waitFor } from './wait.mjs';

export async function mainStory({ twin, pomona }) {
  const location = await school({ twin, pomona }, ['ada', 'bob', 'cyd', 'dee'], { more: { dee: { state: 'pending' } } });
  assert.equal(location.organisation, 'Orchard School');

  // A mixed selection is split into "will do" and "will skip, because".
  const selection = await chosen(pomona, ['ada', 'bob', 'cyd', 'dee']);
  const preview = await pomona.post('/api/v1/vpp-users/invite?dry_run=1', { location: location.id, selection });
  assert.equal(preview.will_do, 3);
  assert.equal(preview.will_skip, 1);
  assert.match(preview.skip[0].reason, /device/i);

  // Registered at Apple and here; the message goes out by e-mail.
  const job = await pomona.does('invite', { location: location.id, selection });
  assert.equal(job.state, 'done', JSON.stringify(job));
  assert.deepEqual([job.failed, job.skipped], [0, 1]);
  const mail = await waitFor('three messages came', async () => {
    const all = await twin.mail();
    return all.length === 3 && all;
  });
  await pomona.shows('ada', 'Invited', (p) => p.vpp.state === 'invited' && p.vpp.message.state === 'sent');
  assert.deepEqual(mail.map((m) => m.to).sort(), ['ada', 'bob', 'cyd'].map(mailOf));
  assert.equal((await pomona.person('dee')).vpp.state, 'none');

  // The person opens the link and accepts; Apple's notification brings it here.
  const link = mail.find((m) => m.to === mailOf('ada')).links.find((l) => l.includes('inviteCode='));
  assert.ok(link, JSON.stringify(mail[0]));
  assert.equal(await twin.acceptLink(link, 'ada.private@store.example'), 200);
  await pomona.shows('ada', 'Associated', (p) => p.vpp.state === 'associated');
  assert.equal(await twin.acceptLink(link, 'someone.else@store.example'), 404);

  // A notification is lost: the next sync finds it.
  await twin.knobs({ notify_lost_percent: 100 });
  await twin.accept({ email: mailOf('bob'), account: 'bob@store.example' });
  const synced = await pomona.does('sync', { location: location.id });
  assert.equal(synced.state, 'done', JSON.stringify(synced));
  await pomona.shows('bob', 'Associated', (p) => p.vpp.state === 'associated');
  await twin.knobs({ notify_lost_percent: 0 });

  // Who did not accept is invited again: the same link goes out.
  const again = await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['cyd']) });
  assert.equal(again.state, 'done');
  const letters = await waitFor('cyd has a second message', async () => {
    const all = await twin.mail(`to=${mailOf('cyd')}`);
    return all.length === 2 && all;
  });
  assert.deepEqual(letters[1].links, letters[0].links);

  // Delete: licences are freed, the book stays spent, the person stays in the list.
  for (const adam of ['1500000001', '1500000002', '1500000011']) {
    await twin.post('/control/locations/first/assign', { email: mailOf('ada'), adam_id: adam });
  }
  await pomona.does('sync', { location: location.id });
  const asked = await pomona.post('/api/v1/vpp-users/delete?dry_run=1', { location: location.id, selection: await chosen(pomona, ['ada']) });
  assert.equal(asked.will_do, 1);
  assert.equal(asked.licences, 2);
  const removed = await pomona.does('delete', { location: location.id, selection: await chosen(pomona, ['ada']) });
  assert.equal(removed.state, 'done', JSON.stringify(removed));
  const [app, , book] = (await twin.assets()).filter((a) => ['1500000001', '1500000002', '1500000011'].includes(a.adam_id));
  assert.deepEqual([app.available, app.assigned], [2000, 0]);
  assert.deepEqual([book.available, book.assigned, book.retired], [1999, 0, 1]);
  const gone = await pomona.shows('ada', 'no VPP user', (p) => ['none', 'removed'].includes(p.vpp.state));
  assert.equal(gone.vpp.can.invite.possible, true, gone.vpp.can.invite.reason);

  // And can be invited again, with a link of its own.
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  const fresh = await waitFor('ada has a new message', async () => {
    const all = await twin.mail(`to=${mailOf('ada')}`);
    return all.length === 2 && all;
  });
  assert.notDeepEqual(fresh[1].links, fresh[0].links);
  assert.equal((await twin.users(`email=${mailOf('ada')}`)).length, 2);
  return location;
}
