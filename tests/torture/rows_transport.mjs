// A: what happens to the connection with Apple.
import assert from 'node:assert/strict';

const everyone = (w) => w.driver.act('invite', w.names);
const create = /POST .*users\/create/;
const calls = (w, path) => w.proxy.exchanges.filter((ex) => path.test(`${ex.method} ${ex.path}`));

// The fault is armed, everyone is invited, and in the end each has been created once.
async function invitedOnce(w) {
  const counts = await w.twin.counts();
  assert.equal(counts.creates_applied, w.names.length, 'everyone is created once');
}

// An event is asked for its state only when the list does not show what it should: the next one does nothing.
const isAsked = (w) => w.twin.knobs({ events_lie: 1 });

export const transport = [
  {
    id: 'A1', name: '503 with Retry-After, and a kill right after the answer', world: { env: {}, graceMs: -1 },
    async tell(w) {
      await w.twin.fault({ kind: 'status', status: 503, retry_after: 3, operation: 'users.create' });
      await w.kill();
      await w.start({ POMONA_KILL_AT: 'call.outcome' });
      await everyone(w);
      await w.until('it died', () => !w.isAlive);
      await w.start();
    },
    then: invitedOnce,
  },
  {
    id: 'A1b', name: '503 with Retry-After on a read, and a restart', world: { graceMs: -1 },
    async tell(w) {
      await isAsked(w);
      await w.twin.fault({ kind: 'status', status: 503, retry_after: 4, operation: 'status' });
      await everyone(w);
      const told = await w.until('it was told to wait', () => w.proxy.exchanges.find((ex) => ex.retryAfter));
      await w.until('the wait is shown', async () => (await w.pomona.get(`/api/v1/locations/${w.location.id}`)).wait.until, { within: 3000 });
      assert.ok(told);
      await w.kill();
      await w.start();
    },
    then: invitedOnce,
  },
  {
    id: 'A1s', name: 'Retry-After on the service config, and a restart', world: { graceMs: -1 },
    async tell(w) {
      await w.kill();
      await w.twin.fault({ kind: 'status', status: 503, retry_after: 4, operation: 'service.config' });
      await w.start();
      await everyone(w);
      await w.until('it was told to wait', () => w.proxy.exchanges.find((ex) => ex.retryAfter));
      const { job } = w.driver.promises[0];
      await w.until('the job says why it waits', async () => (await w.pomona.get(`/api/v1/jobs/${job}`)).wait.reason, { within: 3000 });
      await w.kill();
      await w.start();
    },
    then: invitedOnce,
  },
  {
    id: 'A1c', name: '503 for a call whose job is cancelled meanwhile',
    async tell(w) {
      await w.twin.fault({ kind: 'status', status: 503, retry_after: 1, operation: 'users.create' });
      w.proxy.arm({ what: 'delay_answer', ms: 900, path: create });
      const { job } = await everyone(w);
      await w.until('it is under way', () => w.proxy.writes.find((ex) => create.test(`${ex.method} ${ex.path}`)));
      await w.pomona.post(`/api/v1/jobs/${job}/cancel`);
      const open = ['planned', 'held', 'intended', 'accepted', 'unknown'];
      await w.until('all of it ended', async () => (await w.pomona.items({ id: job })).every((i) => !open.includes(i.state)), { within: 30_000 });
    },
    async then(w) { assert.equal((await w.twin.counts()).creates_applied, 0, 'nobody is created'); },
  },
  {
    id: 'L6k', name: 'killed while a job is being cancelled',
    async tell(w) {
      await w.kill();
      w.proxy.refuseAll(true);
      await w.start({ POMONA_KILL_AT: 'job.cancelled' });
      const { job } = await everyone(w);
      w.pomona.ask('POST', `/api/v1/jobs/${job}/cancel`).catch(() => {});
      await w.until('it died', () => !w.isAlive);
      await w.start();
      w.proxy.refuseAll(false);
    },
    async then(w) { assert.equal((await w.twin.counts()).creates_applied, 0, 'nobody is created'); },
  },
  ...['date', 'past', 'garbage'].map((form) => ({
    id: `A2 ${form}`, name: `Retry-After as ${form}`,
    async tell(w) {
      const at = new Date(Date.now() + (form === 'date' ? 4000 : -60_000)).toUTCString();
      await w.twin.fault({ kind: 'status', status: 503, error_number: 9729, retry_after: form === 'garbage' ? 'soon' : at, operation: 'users.create' });
      await everyone(w);
    },
    within: 100_000,
    then: invitedOnce,
  })),
  ...[500, 502, 504].map((status) => ({
    id: `A3 ${status}`, name: `${status} without a header on a write and a read`,
    async tell(w) {
      await w.twin.fault({ kind: 'status', status, operation: 'users.create' });
      await isAsked(w);
      await w.twin.fault({ kind: 'status', status, operation: 'status' });
      await everyone(w);
    },
    then: invitedOnce,
  })),
  {
    id: 'A5', name: 'connections are refused for a while',
    async tell(w) {
      w.proxy.refuseAll(true);
      for (const socket of w.proxy.sockets) socket.destroy();
      await everyone(w);
      const { promises: [{ job }] } = w.driver;
      await w.until('the job says why it waits', async () => (await w.pomona.get(`/api/v1/jobs/${job}`)).wait.reason);
      w.proxy.refuseAll(false);
    },
    then: invitedOnce,
  },
  {
    id: 'A7', name: 'the connection ends before the head of the answer', world: { settle: 3 }, within: 60_000,
    async tell(w) {
      w.proxy.arm({ what: 'drop_answer', path: create });
      await everyone(w);
      await w.until('it is called unknown', async () => (await w.pomona.person('u00001')).vpp.state === 'checking');
    },
    async then(w) {
      await invitedOnce(w);
      assert.equal(calls(w, create).length, 1, 'looked up, not asked again');
    },
  },
  {
    id: 'A7b', name: 'the request is dropped on its way', within: 60_000,
    async tell(w) {
      w.proxy.arm({ what: 'drop_request', path: create });
      await everyone(w);
    },
    then: invitedOnce,
  },
  ...[0, 5, 16, 60, 140, 200, 260].map((at) => ({
    id: `A8 ${at}`, name: `answers are cut at byte ${at}`,
    async tell(w) {
      const cut = (path) => w.proxy.arm({ what: at % 2 ? 'half_close' : 'cut_answer', at, path });
      cut(create);
      cut(/GET .*users/);
      await everyone(w);
      await w.until('all are invited', async () => (await w.pomona.total('state=invited')) === w.names.length);
      await isAsked(w);
      cut(/GET .*status/);
      await w.driver.act('delete', w.names.slice(0, 2));
      await w.struck();
      cut(/POST .*retire/);
      await w.driver.act('delete', w.names.slice(2, 4));
    },
  })),
  ...[0, 30, 120, 250].map((at) => ({
    id: `A8r ${at}`, name: `the request is cut at byte ${at}`, within: 60_000,
    async tell(w) {
      w.proxy.arm({ what: 'cut_request', at, path: create });
      await everyone(w);
    },
    then: invitedOnce,
  })),
  ...['half_json', 'html', 'empty', 'redirect'].map((kind) => ({
    id: `${kind === 'redirect' ? 'A13' : kind === 'half_json' ? 'A9' : 'A10'} ${kind}`, name: `an answer that is ${kind.replace('_', ' ')}`, within: 60_000,
    async tell(w) {
      await w.twin.fault({ kind, operation: 'users.create' });
      await w.driver.act('invite', w.names.slice(0, 3));
      await w.struck();
      await isAsked(w);
      await w.twin.fault({ kind, operation: 'status' });
      await w.driver.act('invite', w.names.slice(3));
    },
    async then(w, oracle) {
      const failed = oracle.jobs.flatMap(({ items }) => items.filter((i) => i.state === 'failed'));
      if (!failed.length) await invitedOnce(w);
    },
  })),
  {
    id: 'A15', name: '401 once, then fine',
    async tell(w) {
      await w.twin.fault({ kind: 'status', status: 401, operation: 'users.get' });
      await everyone(w);
    },
    async then(w) {
      await invitedOnce(w);
      assert.equal((await w.pomona.get(`/api/v1/locations/${w.location.id}`)).token.state, 'valid');
    },
  },
  {
    id: 'A17', name: '429 without Retry-After', within: 120_000, isLong: true,
    async tell(w) {
      await w.twin.fault({ kind: 'status', status: 429, error_number: 9646, operation: 'users.create' });
      await everyone(w);
    },
    then: invitedOnce,
  },
];
