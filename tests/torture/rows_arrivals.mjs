// C and J: what comes in, and the mail that goes out.
import assert from 'node:assert/strict';
import { mailOf } from '../stories/lib/school.mjs';

const everyone = (w) => w.driver.act('invite', w.names);
const shown = (w, state) => w.until(`all are ${state}`, async () => (await w.pomona.people()).every((p) => p.vpp.state === state));

export const arrivals = [
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
