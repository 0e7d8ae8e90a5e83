// The checker itself: does it find what is wrong?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf } from './lib/contract.mjs';

const session = { setup_needed: false, signed_in: true, admin: { id: 1, name: 'ada', role: 'owner' }, csrf_token: 'x', version: '1',
  ends: { at: '2026-11-28T02:00:00Z', in_ms: 60_000, can_extend: true } };
const problem = { type: '/problems/x', title: 't', status: 404, detail: 'd', errors: [], apple: 'no', trace: 'x' };
const cases = [
  ['a good answer', 'GET', '/api/v1/session', 200, 'application/json', session, 0],
  ['a missing member', 'GET', '/api/v1/session', 200, 'application/json', { ...session, version: undefined }, 1],
  ['one member too many', 'GET', '/api/v1/session', 200, 'application/json', { ...session, more: 1 }, 1],
  ['a wrong type inside', 'GET', '/api/v1/session', 200, 'application/json', { ...session, admin: { id: 'x', name: 'a', role: 'owner' } }, 1],
  ['a word outside the set', 'GET', '/api/v1/session', 200, 'application/json', { ...session, admin: { id: 1, name: 'a', role: 'king' } }, 1],
  ['null where it may be', 'GET', '/api/v1/session', 200, 'application/json', { ...session, admin: null, csrf_token: null }, 0],
  ['a problem', 'GET', '/api/v1/people/17', 404, 'application/problem+json', problem, 0],
  ['a problem as plain JSON', 'GET', '/api/v1/people/17', 404, 'application/json', problem, 1],
  ['a status of its own', 'GET', '/api/v1/people/17', 202, 'application/json', {}, 1],
  ['a body where there is none', 'DELETE', '/api/v1/session', 204, 'application/json', {}, 1],
  ['nothing where there is none', 'DELETE', '/api/v1/session', 204, undefined, undefined, 0],
  ['an unknown address', 'GET', '/api/v1/nothing', 404, 'application/problem+json', problem, 0],
  ['an unknown address that answers', 'GET', '/api/v1/nothing', 200, 'application/json', {}, 1],
];
for (const [name, method, path, status, type, body, count] of cases) {
  test(name, () => {
    const faults = faultsOf(method, path, status, type, body && JSON.parse(JSON.stringify(body)));
    assert.equal(faults.length > 0 ? 1 : 0, count, faults.join('; '));
  });
}
