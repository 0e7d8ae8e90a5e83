// The harness itself: does it see what it is there to see?
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { badLines } from './lib/process.mjs';
import { Twin } from './lib/twin.mjs';
import { waitFor } from './lib/wait.mjs';
import { Listener } from '../torture/lib/listener.mjs';
import { Oracle } from '../torture/lib/oracle.mjs';
import { points } from '../torture/points.mjs';
import { wayTo } from '../torture/ways.mjs';

const lines = [
  ['a warning nobody announced', '2026-11-23T16:40:08.650Z warning lane.held location=1', [], 1],
  ['an error nobody announced', '2026-11-23T16:40:08.650Z error db.failed', [/lane/], 1],
  ['one that was announced', '2026-11-23T16:40:08.650Z warning lane.held location=1', [/lane\.held/], 0],
  ['information', '2026-11-23T16:40:08.650Z info error=none', [], 0],
  ['a sanitizer, whatever was announced', '==7==ERROR: AddressSanitizer: heap-use-after-free', [/./], 1],
  ['undefined behaviour', 'src/x.c:1:2: runtime error: signed integer overflow', [/./], 1],
];
for (const [name, line, allowed, count] of lines) {
  test(name, () => assert.equal(badLines(`${line}\nnothing\n`, allowed).length, count));
}

test('waiting ends with the last thing that was seen', async () => {
  await assert.rejects(waitFor('never', async () => { throw new Error('not yet'); }, { within: 100, every: 10 }), /never.*not yet/);
});

// A client that breaks the rules must be seen to: it creates a person twice, and asks before the wait is over.
test('the twin counts a person who was created twice, and keeps every call', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pomona-twin-'));
  const twin = await Twin.start(folder);
  try {
    const { token_file: token } = await twin.get('/control/locations/first');
    const create = async (id) => {
      const answer = await fetch(`${twin.appleUrl}/users/create`, {
        method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ users: [{ clientUserId: id, email: 'ada@orchard.example.org' }] }),
      });
      return answer.json();
    };
    await twin.fault({ kind: 'drop_answer', operation: 'users.create' });
    await assert.rejects(create('one'));
    await create('two');
    const counts = await waitFor('both are done', async () => {
      const now = await twin.counts();
      return now.creates_applied === 2 && now;
    });
    assert.deepEqual(counts.created_again, [{ email: 'ada@orchard.example.org', creates: 2 }]);
    const calls = await twin.calls('operation=users.create');
    assert.deepEqual(calls.map((c) => [c.status, c.fault]), [[0, 'drop_answer'], [200, null]]);
    assert.ok(calls[1].at_ms >= calls[0].at_ms);
    const { error_number: number } = await (async () => {
      const { eventId } = await create('one');
      await waitFor('the event ends', async () => (await twin.get('/control/locations/first/events')).items.find((e) => e.id === eventId && e.state === 'FAILED'));
      return (await twin.get('/control/applied')).items.at(-1);
    })();
    assert.equal(number, 9716);
  } finally {
    const { code } = await twin.program.stop();
    assert.equal(code, 0);
    assert.deepEqual(badLines(twin.program.text(), []), []);
    rmSync(folder, { recursive: true });
  }
});

test('every named place where the process may die is named once, and there is a way to it', () => {
  assert.ok(points.length >= 60, `${points.length}`);
  for (const point of points) {
    assert.match(point, /^[a-z]+\.[a-z_]+$/);
    assert.equal(typeof wayTo(point).go, 'function', point);
  }
});

// The listener of tests/torture: what an admin should not get to read is found.
const sentences = [
  ['a sentence that says what to do', "Apple could not be reached: it takes no connection. It is tried again by itself.", 0],
  ['no words', '', 1],
  ['words that say nothing', 'Something went wrong, please try again.', 1],
  ['the inside', 'The query select id from job failed with SQLSTATE 40001.', 1],
  ['a token', 'Apple refused the token c2VjcmV0dG9rZW4= of the location.', 1],
];
for (const [name, sentence, count] of sentences) {
  test(`the listener: ${name}`, () => {
    const ex = { auth: 'Bearer c2VjcmV0dG9rZW4=', request: { body: '' }, answer: {} };
    const listener = Object.assign(Object.create(Listener.prototype), { world: { pomona: { token: 'pomona-token' }, folder: '/nowhere', proxy: { exchanges: [ex] } }, heard: new Map() });
    listener.hear('job.wait', sentence);
    assert.equal(listener.faults().length, count);
  });
}

// The oracle of tests/torture on worlds with one fault each: it is counted under its name, and under no other.
const exchange = (over) => ({ method: 'GET', path: '/users', auth: 'T', at: 1000, deliveredAt: 1010, fault: {}, answer: { body: '' }, ...over });
const create = { method: 'POST', path: '/users/create', askedFor: ['A'] };
const good = () => ({
  people: [{ user_name: 'u00001', email: 'u00001@x', vpp: { client_user_id: 'A', state: 'invited' } }],
  jobs: [{
    promise: { verb: 'invite', names: ['u00001'], job: 1 }, job: { id: 1, state: 'done', failed: 0, wait: {} },
    items: [{ id: 7, kind: 'message', state: 'done', person: { id: 1 }, detail: 'Sent by e-mail to u00001@x.', reason: null }],
  }],
  users: [{ client_user_id: 'A', email: 'u00001@x', status: 'Registered' }],
  applied: [{ kind: 'CREATE', client_user_id: 'A', email: 'u00001@x', error_number: 0 }],
  mail: [{ to: 'u00001@x', message_id: 'm1' }],
  exchanges: [exchange({ status: 503, retryAfter: '2' }), exchange({ at: 3100, deliveredAt: 3110, status: 200 })],
  kills: [], settle: 1,
});
const seen = [
  ['nothing', null, () => {}],
  ['an open item of an ended job', 'lost', (w) => { w.jobs[0].items[0].state = 'intended'; }],
  ['a job that is gone', 'lost', (w) => { Object.assign(w.jobs[0], { job: undefined, items: w.jobs[0].items }); }],
  ['a message that is shown as sent, and never came', 'lost', (w) => { w.mail = []; }],
  ['created twice', 'twice', (w) => { w.applied.push(w.applied[0]); w.jobs.push({ ...w.jobs[0], promise: { ...w.jobs[0].promise, job: 2 } }); w.mail.push({ to: 'u00001@x', message_id: 'm2' }); }],
  ['two messages for one wish', 'twice', (w) => { w.mail.push({ to: 'u00001@x', message_id: 'm2' }); }],
  ['the same message three times', 'twice', (w) => { w.mail.push(w.mail[0], w.mail[0]); }],
  ['asked for again at once', 'twice', (w) => { w.exchanges.push(exchange({ ...create, at: 5000 }), exchange({ ...create, at: 5300 })); }],
  ['asked for again after a clear refusal', null, (w) => { w.exchanges.push(exchange({ ...create, at: 5000, status: 429, json: {} }), exchange({ ...create, at: 5300 })); }],
  ['a state that Apple does not have', 'wrong', (w) => { w.users[0].status = 'Associated'; }],
  ['a licence that nobody asked to move', 'wrong', (w) => { w.applied.push({ kind: 'REVOKE', adam_id: '1', error_number: 0 }); }],
  ['a failure without a word', 'quiet', (w) => { Object.assign(w.jobs[0].items[0], { state: 'failed', kind: 'message' }); w.jobs[0].job.failed = 1; }],
  ['a request before the wait was over', 'early', (w) => { w.exchanges[1].at = 2500; }],
  ['the same, told to a process that was dying', null, (w) => { w.exchanges[0].openedAt = 900; w.exchanges[1].at = 2500; w.kills.push({ at: 950, end: 1005 }); }],
  ['the same after another token', null, (w) => { Object.assign(w.exchanges[1], { at: 2500, auth: 'other' }); }],
  ['a write after another MDM came', 'afterStop', (w) => { w.foreignId = 'F'; w.exchanges.push(exchange({ at: 4000, deliveredAt: 4010, answer: { body: '{"id":"F"}' } }), exchange({ ...create, at: 6000 })); }],
];
for (const [name, count, change] of seen) {
  test(`the oracle: ${name}`, () => {
    const w = good();
    change(w);
    const oracle = new Oracle({ kills: w.kills, settle: w.settle, foreignId: w.foreignId, nameOf: new Map([[1, 'u00001']]), proxy: { exchanges: w.exchanges }, driver: { emails: new Map() } });
    Object.assign(oracle, { people: w.people, jobs: w.jobs, users: w.users, applied: w.applied, mail: w.mail });
    oracle.judgeAll();
    assert.deepEqual(Object.keys(oracle.numbers).filter((key) => oracle.numbers[key]), count ? [count] : []);
  });
}
