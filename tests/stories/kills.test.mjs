// The process dies at each place that matters, as `kill -9` would make it; then it starts again and goes on.
import assert from 'node:assert/strict';
import { chosen, mailOf, names, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

// Starts with a place to die at, lets `act` ask for something, and follows it over the death to its end.
async function dieAt(pomona, place, act) {
  await pomona.program.stop();
  pomona.env = { POMONA_KILL_AT: place };
  await pomona.start();
  const asked = await act();
  const { signal } = await waitFor(`it dies at ${place}`, async () => pomona.program.end);
  assert.equal(signal, 'SIGKILL');
  pomona.env = {};
  await pomona.start();
  const job = await pomona.job(asked, { within: 90_000 });
  assert.deepEqual([job.state, job.failed], ['done', 0], JSON.stringify(job));
  return job;
}

const options = { timeout: 240_000, pomona: { settle: 1 } };

for (const places of [['call.intended', 'call.sent', 'call.outcome'], ['event.written', 'call.settled', 'read.observed']]) {
  story(`inviting and deleting, killed at ${places.join(', ')}`, options, async ({ twin, pomona, expectLog }) => {
    expectLog(/./);
    const who = names(places.length * 4);
    const location = await school({ twin, pomona }, who);
    for (const [i, place] of places.entries()) {
      const part = who.slice(i * 4, i * 4 + 4);
      const selection = await chosen(pomona, part);
      // An event is asked for its state only when the list does not show what it should.
      const lie = () => (place === 'event.written' ? twin.knobs({ events_lie: 1 }) : undefined);
      await lie();
      await dieAt(pomona, place, () => pomona.act('invite', { location: location.id, selection }));
      for (const name of part) {
        await pomona.shows(name, 'Invited', (p) => p.vpp.state === 'invited');
        assert.equal((await twin.mail(`to=${mailOf(name)}`)).length, 1, `${place}: one mail`);
      }
      await lie();
      await dieAt(pomona, place, () => pomona.act('delete', { location: location.id, selection: { ids: selection.ids.slice(0, 2) } }));
    }
    const counts = await twin.counts();
    assert.deepEqual(counts.created_again, []);
    assert.deepEqual([counts.creates_applied, counts.retired], [who.length, places.length * 2]);
    const retires = (await twin.get('/control/applied?kind=RETIRE&limit=1000')).items;
    assert.equal(retires.filter((r) => r.error_number === 0).length, places.length * 2);
  });
}

story('syncing, killed at sync.staged, sync.planned, sync.applied', options, async ({ twin, pomona, expectLog }) => {
  expectLog(/./);
  const who = names(9);
  const location = await school({ twin, pomona }, who);
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, who) });
  await twin.knobs({ notify_lost_percent: 100, page_size: 4 });
  for (const [i, place] of ['sync.staged', 'sync.planned', 'sync.applied'].entries()) {
    const [accepts, moves, gone] = who.slice(i * 3, i * 3 + 3);
    await twin.accept({ email: mailOf(accepts) });
    const mover = await pomona.person(moves);
    await pomona.patch(`/api/v1/people/${mover.id}`, { email: `${moves}.new@orchard.example.org` });
    const leaver = await pomona.person(gone);
    await pomona.patch(`/api/v1/people/${leaver.id}`, { active: false });
    await dieAt(pomona, place, () => pomona.act('sync', { location: location.id }));
    await pomona.shows(accepts, 'Associated', (p) => p.vpp.state === 'associated');
    assert.equal((await twin.users(`email=${moves}.new@orchard.example.org`)).length, 1, place);
    assert.equal((await twin.users(`email=${mailOf(gone)}`))[0].status, 'Retired', place);
  }
  assert.equal((await twin.counts()).creates_applied, who.length);
});

// A courier takes several messages at once and writes down how far it came: of all that say "being sent" only
// those under way at the kill, one a courier, can have come twice.
story('a kill amid many messages leaves one a courier in doubt', options, async ({ twin, pomona, expectLog }) => {
  expectLog(/./);
  const who = names(120);
  const location = await school({ twin, pomona }, who);
  const selection = await chosen(pomona, who);
  await dieAt(pomona, 'message.sent:60', () => pomona.act('invite', { location: location.id, selection }));
  const came = new Map();
  for (const { to, message_id: id } of (await twin.get('/control/mail?limit=1000')).items) came.set(to, [...(came.get(to) ?? []), id]);
  assert.equal(came.size, who.length, 'everybody has a message');
  const twice = [...came.values()].filter((ids) => ids.length > 1);
  assert.ok(twice.length <= 4, `${twice.length} messages came again`);
  for (const ids of twice) assert.deepEqual([ids.length, new Set(ids).size], [2, 1]);
});
