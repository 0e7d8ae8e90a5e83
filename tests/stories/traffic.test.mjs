// The traffic recorder: what was said to Apple for a job can be read, and no secret stands in it.
import assert from 'node:assert/strict';
import { chosen, mailOf, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';

story('the calls of an invite and of a sync are shown without secrets', async (w) => {
  const { twin, pomona } = w;
  const location = await school(w, ['ada', 'bob']);
  const invite = await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada', 'bob']) });
  const { items } = await pomona.get(`/api/v1/jobs/${invite.id}/traffic`);
  const create = items.find((one) => one.method === 'POST');
  assert.ok(create, JSON.stringify(items));
  assert.equal(create.status, 200);
  assert.match(create.request, /a…@orchard\.example\.org/);
  assert.match(create.response, /eventId/);
  assert.deepEqual(items.map((one) => one.seq), items.map((_, i) => i + 1));
  const sync = await pomona.does('sync', { location: location.id });
  const read = (await pomona.get(`/api/v1/jobs/${sync.id}/traffic`)).items;
  assert.ok(read.length > 0);
  assert.ok(read.every((one) => one.method === 'GET'), JSON.stringify(read));
  const { status, body, headers } = await pomona.ask('GET', `/api/v1/jobs/${invite.id}/traffic?format=download`);
  assert.equal(status, 200);
  assert.match(headers.get('content-disposition'), /attachment/);
  assert.match(body, /POST http/);
  // Nothing of what opens a location or an invitation.
  const all = body + JSON.stringify(items) + JSON.stringify(read);
  const { token_file: token } = await twin.get('/control/locations/first');
  assert.ok(!all.includes(token.trim().slice(0, 40)), 'the token');
  for (const who of ['ada', 'bob']) {
    const [user] = await twin.users(`email=${mailOf(who)}`);
    const code = user.invite_code ?? user.inviteCode;
    assert.ok(code && !all.includes(code), `the code of ${who}: ${code}`);
    assert.ok(!all.includes(mailOf(who)), 'an e-mail address');
  }
  assert.doesNotMatch(all, /Bearer/i);
});

story('a call whose answer was cut is in the record as well', async (w) => {
  const { twin, pomona, expectLog } = w;
  expectLog(/./);
  const location = await school(w, ['ada']);
  await twin.fault({ kind: 'drop_answer', operation: 'users.create' });
  const job = await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  assert.equal(job.state, 'done');
  const { items } = await pomona.get(`/api/v1/jobs/${job.id}/traffic`);
  const broken = items.find((one) => one.method === 'POST');
  assert.equal(broken.status, null, JSON.stringify(broken));
  assert.ok(broken.failure);
});

story('a reading that answers for two jobs is shown for both', async (w) => {
  const { twin, pomona } = w;
  const who = ['ada', 'bob'];
  const location = await school(w, who);
  await twin.knobs({ event_delay_ms: 1500, notify_lost_percent: 100 });
  const asked = [];
  for (const name of who) asked.push(await pomona.act('invite', { location: location.id, selection: await chosen(pomona, [name]) }));
  for (const one of asked) {
    const job = await pomona.job(one);
    const { items } = await pomona.get(`/api/v1/jobs/${job.id}/traffic`);
    const sent = items.findIndex((call) => call.method === 'POST');
    assert.ok(items.slice(sent + 1).some((call) => call.method === 'GET'), JSON.stringify(items.map((call) => call.operation)));
  }
});
