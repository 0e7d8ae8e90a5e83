// The harness itself: does it see what it is there to see?
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { badLines } from './lib/process.mjs';
import { judge } from '../torture/oracle.mjs';
import { Twin } from './lib/twin.mjs';
import { waitFor } from './lib/wait.mjs';

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

// The oracle on worlds with one planted fault each: it must be counted under its name, and under no other.
const person = { id: 1, user_name: 'ada', email: 'ada@x', vpp: { client_user_id: 'A', state: 'invited' } };
const item = { id: 7, kind: 'message', state: 'done', person: { id: 1 }, reason: null };
const good = {
  people: [person], items: [item], jobs: [{ id: 1, state: 'done', failed: 0, failure: null }],
  users: [{ client_user_id: 'A', status: 'Registered' }],
  applied: [{ kind: 'CREATE', client_user_id: 'A', email: 'ada@x', error_number: 0 }],
  mail: [{ to: 'ada@x', message_id: 'm1' }],
  calls: [{ number: 1, location: 'L', at_ms: 1000, status: 503, retry_after: '2', method: 'GET' }, { number: 2, location: 'L', at_ms: 3100, status: 200, method: 'GET' }],
};
const planted = [
  ['nothing', null, {}],
  ['an open item of an ended job', 'lost', { items: [{ ...item, state: 'intended' }] }],
  ['invited, never created', 'lost', { applied: [] }],
  ['created twice', 'twice', { applied: [...good.applied, { ...good.applied[0], client_user_id: 'B' }] }],
  ['retired twice', 'twice', { applied: [...good.applied, ...['A', 'A'].map((client_user_id) => ({ kind: 'RETIRE', client_user_id, email: 'ada@x', error_number: 0 }))] }],
  ['two messages for one item', 'twice', { mail: [...good.mail, { to: 'ada@x', message_id: 'm2' }] }],
  ['a state that Apple does not have', 'wrong', { users: [{ client_user_id: 'A', status: 'Associated' }] }],
  ['a failure without a word', 'quiet', { items: [item, { ...item, id: 8, state: 'failed' }] }],
  ['a call before the wait was over', 'early', { calls: [good.calls[0], { ...good.calls[1], at_ms: 2500 }] }],
  ['a write after another MDM came', 'afterStop', { foreignSince: 1, calls: [...good.calls, { number: 3, location: 'L', at_ms: 4000, status: 200, method: 'POST', operation: 'users.create' }] }],
];
for (const [name, number, change] of planted) {
  test(`the oracle: ${name}`, () => {
    const counted = Object.entries(judge({ ...good, ...change })).filter(([, faults]) => faults.length).map(([key]) => key);
    assert.deepEqual(counted, number ? [number] : []);
  });
}
