// The twin as it comes: 503s, cut answers, strange JSON, slow events, notifications lost and repeated.
import assert from 'node:assert/strict';
import { names, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

for (const seed of [11, 12]) {
  story(`150 people with an unkind Apple, seed ${seed}`, { twin: { calm: false, seed }, pomona: { settle: 2 }, timeout: 400_000 }, async ({ twin, pomona, expectLog }) => {
    expectLog(/./);
    const location = await waitFor('the location is added', () => school({ twin, pomona }, names(150)), { within: 60_000, every: 1000 });
    const selection = { filter: { eligible: true }, exclude: [], expected: 150 };
    const job = await pomona.does('invite', { location: location.id, selection }, { within: 200_000 });
    assert.equal(job.state, 'done', JSON.stringify(job));
    const counts = await twin.counts();
    assert.deepEqual([counts.creates_applied, counts.created_again], [150, []]);
    await twin.accept({ count: 150 });
    const synced = await pomona.does('sync', { location: location.id }, { within: 150_000 });
    assert.equal(synced.state, 'done', JSON.stringify(synced));
    await waitFor('all are Associated', async () => (await pomona.total('state=associated')) === 150, { within: 60_000 });
  });
}
