// C and J: what comes in, and the mail that goes out.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockHeld } from './lib/disk.mjs';
import { mailOf, peopleCsv } from '../stories/lib/school.mjs';

const everyone = (w) => w.driver.act('invite', w.names);
const shown = (w, state) => w.until(`all are ${state}`, async () => (await w.pomona.people()).every((p) => p.vpp.state === state));

// What Apple was told of where to post, and with what bearer: it stands in our own call.
function hookOf(w) {
  const asked = w.proxy.exchanges.filter((ex) => /client\/config/.test(ex.path) && ex.method === 'POST').map((ex) => JSON.parse(ex.request.body));
  return asked.findLast((body) => body.notificationUrl);
}

async function notify(w, body, bearer = hookOf(w).notificationAuthToken) {
  const answer = await fetch(hookOf(w).notificationUrl, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: typeof body === 'string' ? body : JSON.stringify(body), signal: AbortSignal.timeout(20_000),
  });
  const text = await answer.text();
  if (answer.status >= 400) w.listener.hear('hook', JSON.parse(text).detail);
  return answer.status;
}

const notice = (w, id, users, more = {}) => ({
  notificationType: 'USER_MANAGEMENT', notificationId: id, uId: w.location.apple_uid,
  notification: { eventId: '11111111-2222-4333-8444-555555555555', type: 'CREATE', result: 'SUCCESS', users, ...more },
});

export const arrivals = [
  {
    id: 'C4', name: 'notifications for an event, a user, a location and a type that nobody knows', says: /JSON|read/i,
    async tell(w) {
      await everyone(w);
      await shown(w, 'invited');
      const before = w.proxy.writes.length;
      const stranger = [{ clientUserId: 'nobody-we-know', status: 'Retired' }];
      assert.equal(await notify(w, notice(w, 'n1', stranger)), 200);
      assert.equal(await notify(w, { ...notice(w, 'n2', stranger), uId: '4711' }), 200);
      assert.equal(await notify(w, { ...notice(w, 'n3', []), notificationType: 'NOT_YET_INVENTED' }), 200);
      assert.equal(await notify(w, notice(w, 'n4', [{ clientUserId: (await w.pomona.person('u00001')).vpp.client_user_id, status: 'Retired' }])), 200);
      assert.equal(await notify(w, '{"notificationType": '), 400);
      await w.driver.act('sync');
      await w.until('all were taken', () => (w.pomona.program.text().match(/ arrival .*state=/g) ?? []).length >= 4);
      assert.equal(w.proxy.writes.length, before, 'nothing is written because of them');
      await shown(w, 'invited');
    },
  },
  {
    id: 'C5o', name: 'a notification with the bearer of another location',
    async tell(w) {
      await everyone(w);
      await shown(w, 'invited');
      const ours = hookOf(w);
      const { uid } = await w.twin.location({ name: 'Annex', organisation: 'Annex', assets: 1 });
      const { token_file: file } = await w.twin.get(`/control/locations/${uid}`);
      const annex = await w.pomona.addLocation(file);
      const theirs = hookOf(w);
      assert.notEqual(theirs.notificationAuthToken, ours.notificationAuthToken);
      assert.equal(await notify(w, notice(w, 'x1', []), ours.notificationAuthToken), 401);
      assert.equal(await notify(w, notice(w, 'x2', []), 'x'), 401);
      assert.equal(await notify(w, notice(w, 'x3', [])), 200);
      await w.pomona.good('DELETE', `/api/v1/locations/${annex.id}`);
    },
  },
  {
    id: 'C7', name: 'the database is held while notifications arrive', within: 60_000, says: /another program|holds/i,
    async tell(w) {
      await everyone(w);
      await shown(w, 'invited');
      const first = await lockHeld(w, 8);
      const status = await notify(w, notice(w, 'while-held', []));
      assert.equal(status, 503, 'not a 200 without a row');
      await first.ended;
      assert.equal(await notify(w, notice(w, 'while-held', [])), 200, 'the sender repeats');
      const second = await lockHeld(w, 2);
      await w.twin.accept({ count: w.names.length });
      await second.ended;
      await shown(w, 'associated');
    },
  },
  {
    id: 'C10', name: 'everybody is inactive all at once, and a schedule would delete them', within: 60_000, says: /would retire 6 of 6/,
    async tell(w) {
      await everyone(w);
      await shown(w, 'invited');
      w.clock = join(w.folder, 'clock');
      writeFileSync(w.clock, '0');
      await w.kill();
      await w.start({ POMONA_CLOCK_OFFSET_FILE: w.clock });
      await w.pomona.import('people', peopleCsv(w.names, Object.fromEntries(w.names.map((name) => [name, { active: 'no' }]))));
      await w.pomona.put(`/api/v1/locations/${w.location.id}/schedule`, { mode: 'interval', every_hours: 4, time_zone: 'Europe/Berlin', apply: 'plan_and_apply' });
      writeFileSync(w.clock, String(4 * 3_600_000 + 60_000));
      await w.until('the plan waits', async () => (await w.pomona.get('/api/v1/jobs?kind=sync')).items.some((j) => j.state === 'planned' && j.wait.reason));
      assert.equal((await w.twin.counts()).retired, 0, 'nobody is retired');
      await w.pomona.import('people', peopleCsv(w.names));
    },
    async then(w) { assert.equal((await w.twin.counts()).retired, 0, 'nobody is retired'); },
  },
  {
    id: 'C1', name: 'every notification comes twice', world: { knobs: { notify_duplicate_percent: 100 } },
    async tell(w) {
      await everyone(w);
      await shown(w, 'invited');
      await w.twin.accept({ count: w.names.length });
      await shown(w, 'associated');
    },
  },
  {
    id: 'C2', name: 'notifications come out of order, and some never', world: { knobs: { notify_disorder_percent: 80, notify_lost_percent: 30, event_spread_ms: 500 } },
    async tell(w) {
      await everyone(w);
      await shown(w, 'invited');
      await w.driver.act('delete', w.names.slice(0, 3));
      await w.driver.act('invite', w.names.slice(0, 2));
      await w.twin.accept({ count: 2 });
    },
  },
  {
    id: 'C5', name: 'notifications that are not Apple\'s',
    async tell(w) {
      for (const [path, auth] of [['/hooks/apple/nobody', 'Bearer x'], ['/hooks/apple/nobody', undefined]]) {
        const answer = await fetch(w.pomona.url + path, {
          method: 'POST', headers: { 'content-type': 'application/json', ...(auth ? { authorization: auth } : {}) },
          body: JSON.stringify({ notificationType: 'USER_MANAGEMENT', notificationId: 'x', uId: '1', notification: {} }),
        });
        assert.ok([401, 404].includes(answer.status), `${answer.status}`);
      }
      await everyone(w);
    },
  },
  {
    id: 'C8', name: 'killed while notifications pour in', world: { knobs: { notify_duplicate_percent: 50 } },
    async tell(w) {
      await everyone(w);
      await shown(w, 'invited');
      await w.twin.accept({ count: w.names.length });
      await w.kill();
      await w.start();
    },
  },
  {
    id: 'J1', name: 'mail is put off, then refused for good', within: 60_000,
    async tell(w) {
      await w.twin.smtp({ verb: 'rcpt', code: 451, words: 'not now', count: 2 });
      await everyone(w);
      await w.until('some wait', async () => (await w.pomona.people()).some((p) => p.vpp.message.reason));
      await w.twin.smtp({ verb: 'rcpt', code: 550, words: 'no such user', count: 1 });
      await w.driver.act('invite', w.names.slice(0, 1));
    },
  },
  {
    id: 'J2', name: 'the mail server hangs up after the message', within: 60_000,
    async tell(w) {
      await w.twin.smtp({ verb: 'dot', close: true, count: 2 });
      await everyone(w);
      await w.until('the first came', async () => (await w.twin.mail()).length >= 2);
    },
    async then(w) { assert.ok((await w.twin.mail(`to=${mailOf('u00001')}`)).length <= 2); },
  },
  ...['message.intended', 'message.sent'].map((point) => ({
    id: `J2k ${point}`, name: `killed at ${point}`, within: 60_000,
    async tell(w) {
      await w.kill();
      await w.start({ POMONA_KILL_AT: point });
      await everyone(w);
      await w.until('it died', () => !w.isAlive);
      await w.start();
    },
  })),
];
