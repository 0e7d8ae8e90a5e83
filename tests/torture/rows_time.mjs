// E: what time it is. The test build adds what the file says (in milliseconds) to the wall clock.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ageOf = (year, month = 0, day = 1) => Date.UTC(year, month, day) - Date.now();
const state = async (w) => (await w.pomona.get(`/api/v1/locations/${w.location.id}`)).token.state;
const scheduled = async (w) => (await w.pomona.get('/api/v1/jobs?kind=sync&limit=200')).items.filter((j) => j.asked_by.includes('schedule'));

function setClock(w, ms) { writeFileSync(w.clock, String(ms)); }

async function withClock(w, ms = 0) {
  w.clock = join(w.folder, 'clock');
  setClock(w, ms);
  w.pomona.env.POMONA_CLOCK_OFFSET_FILE = w.clock;
  await w.kill();
  await w.start();
}

const everyHours = (w, hours) => w.pomona.put(`/api/v1/locations/${w.location.id}/schedule`, { mode: 'interval', every_hours: hours, time_zone: 'Europe/Berlin', apply: 'plan_and_apply' });
const daily = (w, at) => w.pomona.put(`/api/v1/locations/${w.location.id}/schedule`,
  { mode: 'daily', at, weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], time_zone: 'UTC', apply: 'plan_and_apply' });

async function createdOnce(w) {
  assert.equal((await w.twin.counts()).creates_applied, w.names.length, 'everyone is created once');
}

async function sentSome(w) {
  await w.driver.act('invite', w.names.slice(0, 3));
  await w.until('some are sent', async () => (await w.twin.calls('operation=users.create')).length > 0);
}

const allInvited = (w) => w.until('all are invited', async () => (await w.pomona.people()).every((p) => p.vpp.state === 'invited'), { within: 25_000 });

export const time = [
  ...[['+ an hour', HOUR], ['- an hour', -HOUR], ['+ a day', DAY], ['- a day', -DAY]].map(([name, ms]) => ({
    id: `E1 ${name}`, name: `the clock jumps ${name} while people are invited, and nothing notifies us`, world: { knobs: { notify_lost_percent: 100 } },
    async tell(w) {
      await withClock(w);
      await sentSome(w);
      setClock(w, ms);
      await w.driver.act('invite', w.names.slice(3));
      await allInvited(w);
    },
    then: createdOnce,
  })),
  {
    id: 'E1 wait', name: 'the clock goes back a day while Apple asked us to wait for two seconds', world: { graceMs: -1 },
    async tell(w) {
      await withClock(w);
      await w.twin.fault({ kind: 'status', status: 503, retry_after: 2, operation: 'users.create' });
      await w.driver.act('invite', w.names);
      await w.until('it was told to wait', () => w.proxy.exchanges.find((ex) => ex.retryAfter));
      setClock(w, -DAY);
      await allInvited(w);
    },
    then: createdOnce,
  },
  {
    id: 'E1 mail', name: 'the clock goes back a day while a message waits for its next try', within: 60_000,
    async tell(w) {
      await withClock(w);
      await w.twin.smtp({ verb: 'rcpt', code: 451, words: 'not now', count: 2 });
      await w.driver.act('invite', w.names);
      await w.until('some wait', async () => (await w.pomona.people()).some((p) => p.vpp.message.reason));
      await w.twin.smtp({});
      setClock(w, -DAY);
    },
    then: createdOnce,
  },
  ...[['1970', ageOf(1970, 0, 2)], ['2038', ageOf(2038, 0, 19)], ['2100', ageOf(2100)]].map(([year, ms]) => ({
    id: `E1 ${year}`, name: `it starts in ${year}, and then the clock is set right`, world: { knobs: { notify_lost_percent: 100 } }, within: 60_000,
    says: year === '1970' ? undefined : /expired/i,
    async tell(w) {
      await everyHours(w, 4);
      await withClock(w, ms);
      await w.driver.act('invite', w.names);
      if (year !== '1970') await w.until('the token is over there', async () => await state(w) === 'expired');
      if (year !== '1970') w.listener.hear('job.wait', await w.until('the job says why it waits', async () => (await w.pomona.get(`/api/v1/jobs/${w.driver.promises[0].job}`)).wait.reason));
      else await w.until('some are sent', async () => (await w.twin.calls('operation=users.create')).length);
      setClock(w, 0);
      await allInvited(w);
    },
    async then(w) {
      await createdOnce(w);
      assert.equal(await state(w), 'valid', 'the token lives again');
      assert.ok((await scheduled(w)).length <= 1, 'no mass start');
    },
  })),
  ...[['an hour', HOUR], ['three days', 3 * DAY]].map(([name, ms]) => ({
    id: `E4 ${name}`, name: `the server is down over the planned time (${name})`,
    async tell(w) {
      await withClock(w);
      const soon = new Date(Date.now() + 30 * 60_000).toISOString().slice(11, 16);
      await daily(w, soon);
      await w.kill();
      setClock(w, ms);
      await w.start();
      await w.until('it caught up', async () => (await scheduled(w)).some((j) => j.state === 'done'));
      await w.driver.act('invite', w.names);
      await allInvited(w);
      await w.kill();
      await w.start();
      await w.driver.act('sync');
    },
    async then(w) {
      await createdOnce(w);
      assert.equal((await scheduled(w)).length, 1, 'one catch-up');
    },
  })),
];
