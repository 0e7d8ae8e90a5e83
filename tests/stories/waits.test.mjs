// Apple asks to wait, or has a fault: nothing is sent early, and a fault is no reason to send faster.
import assert from 'node:assert/strict';
import { chosen, names, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const told = /apple|lane|call|wait|token/i;

story('a fault of Apple’s on a write slows down all writes, and each is done once', { pomona: { settle: 1 }, timeout: 180_000 }, async ({ twin, pomona, expectLog }) => {
  expectLog(told);
  const people = names(24);
  const location = await school({ twin, pomona }, people);
  await twin.knobs({ limits: { maxUsers: 1 } });
  await twin.fault({ kind: 'status', status: 500, operation: 'users.create', count: -1 });
  const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, people) });
  const creates = () => twin.calls('operation=users.create');
  const job = await waitFor('the job says why it waits', async () => {
    const now = await pomona.get(`/api/v1/jobs/${asked.job.id}`);
    return now.wait.until && now;
  });
  assert.match(job.wait.reason, /fault.*500/);
  assert.ok((await pomona.items(asked.job)).some((i) => i.state === 'unknown' && /not known yet.*Apple answered HTTP 500/.test(i.reason)));
  const [first] = await creates();
  const soon = (await creates()).filter((c) => c.at_ms < first.at_ms + 1900);
  assert.ok(soon.length <= 5, `${soon.length} writes were put in doubt at once`);
  await twin.calm();
  await twin.knobs({ limits: {} });
  assert.equal((await pomona.job(asked, { within: 120_000 })).done, people.length);
  const counts = await twin.counts();
  assert.deepEqual([counts.creates_applied, counts.created_again], [people.length, []]);
});

story('a wait of Apple’s holds for a new token too, after a restart, and when the answer also refuses the token', { pomona: { settle: 2 }, timeout: 120_000 }, async ({ twin, pomona, expectLog }) => {
  expectLog(told);
  const location = await school({ twin, pomona }, ['ada']);
  const at = `/api/v1/locations/${location.id}`;
  await waitFor('all is quiet', async () => (await pomona.get(at)).token.state === 'valid');
  const { token_file: file } = await twin.post('/control/locations/first/tokens');

  await twin.fault({ kind: 'status', status: 401, error_number: 9622, retry_after: 12, operation: 'users.get', count: -1 });
  await pomona.act('sync', { location: location.id });
  const refused = await waitFor('Apple refused', async () => (await twin.calls('operation=users.get')).find((c) => c.fault));
  // Longer than what is sat out while an admin waits.
  const until = refused.at_ms + 11_900;
  await waitFor('the location waits', async () => Date.parse((await pomona.get(at)).wait.until) > until - 1000);
  await pomona.program.stop();
  await pomona.start();
  const renewed = await pomona.ask('PUT', `${at}/token`, file, { type: 'application/octet-stream' });
  assert.ok(renewed.status >= 400, JSON.stringify(renewed.body));
  assert.match(renewed.body.detail, /wait until .*Nothing was stored; try again after/);
  assert.ok(renewed.headers.get('retry-after') > 0);
  await twin.calm();
  await waitFor('Apple is asked again', async () => (await twin.calls('operation=users.get')).some((c) => c.number > refused.number));
  const early = (await twin.calls()).filter((c) => c.location && c.number > refused.number && c.at_ms < until);
  assert.deepEqual(early, []);
  await pomona.good('PUT', `${at}/token`, file, { type: 'application/octet-stream' });
});

story('an admin is not held for an hour by a wait that Apple tells a write', { timeout: 60_000 }, async ({ twin, pomona, expectLog }) => {
  expectLog(told);
  const { token_file: file } = await twin.get('/control/locations/first');
  await twin.fault({ kind: 'status', status: 503, retry_after: 3600, operation: 'client.configure' });
  const begun = Date.now();
  const answer = await pomona.ask('POST', '/api/v1/locations', file, { type: 'application/octet-stream' });
  assert.ok(Date.now() - begun < 20_000);
  assert.ok(answer.status >= 500, JSON.stringify(answer.body));
  assert.match(answer.body.detail, /try again after/);
});
