// Automatic sync. Time is moved through the test build's clock file; nothing waits for an hour.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosen, mailOf, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const clock = join(tmpdir(), `pomona-clock-${process.pid}`);
writeFileSync(clock, '0');

const HOUR = 3_600_000;

story('every four hours, and after a time of being off exactly one catch-up', { pomona: { env: { POMONA_CLOCK_OFFSET_FILE: clock } } }, async ({ twin, pomona }) => {
  const location = await school({ twin, pomona }, ['ada']);
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  const set = await pomona.put(`/api/v1/locations/${location.id}/schedule`, { mode: 'interval', every_hours: 4, time_zone: 'Europe/Berlin', apply: 'plan_and_apply' });
  assert.equal(set.next_runs.length, 5);
  await twin.knobs({ notify_lost_percent: 100 });
  await twin.accept({ email: mailOf('ada') });
  const scheduled = async () => (await pomona.get('/api/v1/jobs?kind=sync')).items.filter((j) => j.asked_by.includes('schedule'));
  assert.equal((await scheduled()).length, 0);
  writeFileSync(clock, String(4 * HOUR + 60_000));
  await waitFor('the schedule ran', async () => (await scheduled()).length === 1, { within: 60_000 });
  await pomona.shows('ada', 'Associated', (p) => p.vpp.state === 'associated');
  await pomona.program.stop();
  writeFileSync(clock, String(50 * HOUR));
  await pomona.start();
  const caughtUp = await waitFor('it caught up', async () => {
    const jobs = await scheduled();
    return jobs.length >= 2 && jobs.every((j) => j.state === 'done') && jobs;
  }, { within: 60_000 });
  assert.equal(caughtUp.length, 2);
});

story('a schedule that cannot be is refused with a sentence', async ({ twin, pomona }) => {
  const location = await school({ twin, pomona }, ['ada']);
  const bad = [
    { mode: 'interval', every_hours: 0, time_zone: 'Europe/Berlin', apply: 'plan_and_apply' },
    { mode: 'daily', at: '25:00', weekdays: ['mon'], time_zone: 'Europe/Berlin', apply: 'plan_and_apply' },
    { mode: 'daily', at: '06:00', weekdays: ['mon'], time_zone: 'Mars/Olympus', apply: 'plan_and_apply' },
    { mode: 'sometimes', time_zone: 'Europe/Berlin', apply: 'plan_and_apply' },
  ];
  for (const body of bad) {
    const { status, body: problem } = await pomona.ask('PUT', `/api/v1/locations/${location.id}/schedule`, body);
    assert.equal(status, 400, JSON.stringify(body));
    assert.ok(problem.detail.length > 10);
  }
});
