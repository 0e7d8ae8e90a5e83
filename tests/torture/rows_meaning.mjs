// B: what Apple says, and what it means.
import assert from 'node:assert/strict';
import net from 'node:net';

const everyone = (w) => w.driver.act('invite', w.names);
const registered = (w) => w.until('all are created', async () => (await w.twin.counts()).creates_applied === w.names.length);
const shown = (w, state) => w.until(`all are ${state}`, async () => (await w.pomona.people()).every((p) => p.vpp.state === state));

// The network holds the request back until after the death of its sender.
async function diedUnderWay(w) {
  w.proxy.arm({ what: 'delay_request', ms: w.settle * 700, path: /POST .*users\/create/ });
  await everyone(w);
  await w.until('it is under way', () => w.proxy.writes.find((ex) => /create/.test(ex.path) && ex.request.isWhole));
  await w.kill();
  await w.start();
}

async function itemsOf(oracle, verb) {
  return oracle.jobs.filter(({ promise }) => promise.verb === verb).flatMap(({ items }) => items);
}

export const meaning = [
  {
    id: 'B1', name: 'an event stays pending',
    async tell(w) {
      await w.twin.knobs({ event_never_ends: 1 });
      await everyone(w);
      await w.until('it is asked for more than once', async () => (await w.twin.calls('operation=status')).length > 1);
      await w.kill();
      await w.start();
    },
    async then(w) { assert.equal((await w.twin.calls('operation=users.create')).length, 1, 'never sent again'); },
  },
  {
    id: 'B2 create', name: 'COMPLETE, but nobody was created', within: 60_000,
    async tell(w) {
      await w.twin.knobs({ events_lie: 1 });
      await everyone(w);
      await w.until('the event ended', async () => (await w.twin.calls('operation=status')).length > 0);
      await w.until('the list is read', async () => (await w.twin.calls('operation=users.get')).length > 1);
    },
  },
  {
    id: 'B2 retire', name: 'COMPLETE, but nobody was retired', within: 60_000,
    async tell(w) {
      await everyone(w);
      await shown(w, 'invited');
      await w.twin.knobs({ events_lie: 1 });
      await w.driver.act('delete', w.names.slice(0, 3));
      await w.until('the event was asked for', async () => (await w.twin.get('/control/knobs')).knobs?.events_lie !== 1 && (await w.twin.calls('operation=users.retire')).length > 0);
      await w.until('its state was asked for', async () => (await w.twin.calls('operation=status')).length > 0);
    },
  },
  {
    id: 'B3', name: 'the event is not known any more',
    async tell(w) {
      await w.twin.knobs({ events_lie: 1 }); // else the list proves it, and nobody asks
      await w.twin.fault({ kind: 'status', status: 404, error_number: 9708, operation: 'status' });
      await everyone(w);
    },
    async then(w) { assert.equal((await w.twin.counts()).creates_applied, w.names.length); },
  },
  {
    id: 'B4', name: 'some of a batch fail',
    async tell(w) {
      await w.twin.knobs({ tasks_fail: 2, task_error_number: 9635 });
      await everyone(w);
    },
    async then(w, oracle) {
      const items = await itemsOf(oracle, 'invite');
      assert.equal(items.filter((i) => i.state === 'failed').length, 2, 'two failed');
      assert.ok(items.filter((i) => i.state === 'failed').every((i) => i.apple_number === 9635), 'with their number');
      assert.equal((await w.twin.counts()).creates_applied, w.names.length - 2);
    },
  },
  {
    id: 'B5', name: 'the limit of a batch changes',
    async tell(w) {
      await w.twin.knobs({ limits: { maxUsers: 2 } });
      await everyone(w);
    },
    async then(w) { assert.equal((await w.twin.counts()).creates_applied, w.names.length); },
  },
  {
    id: 'B6', name: 'an unknown error number', within: 60_000,
    async tell(w) {
      await w.twin.fault({ kind: 'status', status: 400, error_number: 9999, operation: 'users.create' });
      await everyone(w);
    },
  },
  {
    id: 'B7', name: 'an internal error, then fine', within: 60_000,
    async tell(w) {
      await w.twin.fault({ kind: 'error_in_200', error_number: 9603, operation: 'users.create' });
      await everyone(w);
    },
    async then(w) { assert.equal((await w.twin.counts()).creates_applied, w.names.length); },
  },
  {
    id: 'B8', name: 'already registered, after a list that did not show it', within: 60_000,
    async tell(w) {
      await w.twin.knobs({ empty_lists: 1 });
      w.proxy.arm({ what: 'drop_answer', path: /POST .*users\/create/ });
      await everyone(w);
      await w.until('it is asked for again', async () => (await w.twin.calls('operation=users.create')).length > 1, { within: 40_000 });
      await w.until('it was taken', async () => (await w.twin.get('/control/applied?kind=CREATE&limit=1000')).items.some((a) => a.error_number === 9716));
      await w.until('its end was asked for, since the list does not show it', async () => (await w.twin.calls('operation=status')).length > 0);
    },
    async then(w) { assert.equal((await w.twin.counts()).records, w.names.length, 'one record each'); },
  },
  {
    id: 'B9', name: 'the list changes while it is read',
    async tell(w) {
      await everyone(w);
      await shown(w, 'invited');
      await w.twin.knobs({ page_size: 2, move_versions: 4 });
      await w.driver.act('sync');
    },
  },
  {
    id: 'B10', name: 'an empty list although people were there',
    async tell(w) {
      await everyone(w);
      await shown(w, 'invited');
      await w.twin.knobs({ empty_lists: 1, forget_versions: 1 });
      await w.driver.act('sync');
      const before = (await w.twin.calls('operation=users.get')).length;
      await w.until('the list was read', async () => (await w.twin.calls('operation=users.get')).length > before);
      await w.twin.knobs({ forget_versions: 0 });
    },
    async then(w) {
      assert.equal((await w.twin.counts()).creates_applied, w.names.length);
      assert.equal((await w.twin.calls('operation=users.retire')).length, 0, 'nobody is retired');
    },
  },
  {
    id: 'B12', name: 'a create lands while the person is being deleted', within: 60_000,
    async tell(w) {
      await w.twin.knobs({ event_delay_ms: 700 });
      w.proxy.arm({ what: 'drop_answer', path: /POST .*users\/create/ });
      await everyone(w);
      await w.until('it was sent', async () => (await w.twin.calls('operation=users.create')).length);
      await w.driver.act('delete', w.names);
    },
    async then(w) {
      const counts = await w.twin.counts();
      assert.equal(counts.retired, counts.records, 'nobody is left');
    },
  },
  {
    id: 'B12n', name: 'killed while the create is still under way, then deleted', world: { settle: 4 }, within: 60_000,
    async tell(w) {
      await diedUnderWay(w);
      await w.driver.act('delete', w.names);
      await w.until('the create arrives', async () => (await w.twin.calls('operation=users.create')).length > 0);
    },
    async then(w) {
      const counts = await w.twin.counts();
      assert.equal(counts.retired, counts.records, 'nobody is left');
    },
  },
  {
    id: 'A7k', name: 'killed while the create is still under way', within: 60_000, tell: diedUnderWay,
    async then(w) { assert.equal((await w.twin.calls('operation=users.create')).length, 1, 'looked up, not asked again'); },
  },
  {
    id: 'B12r', name: 'a create in doubt, deleted, killed, and invited again', within: 60_000,
    async tell(w) {
      w.proxy.arm({ what: 'drop_request', path: /POST .*users\/create/ });
      await everyone(w);
      await w.struck();
      await shown(w, 'checking');
      await w.driver.act('delete', w.names);
      await w.kill();
      await w.start();
      await w.driver.act('invite', w.names);
    },
    async then(w) {
      assert.equal((await w.twin.counts()).creates_applied, 0, 'nobody is created after the delete');
      assert.equal((await w.twin.mail()).length, 0, 'and nobody is written to');
    },
  },
  {
    id: 'B12k', name: 'killed after the create was sent, then deleted', within: 60_000,
    async tell(w) {
      await w.kill();
      await w.start({ POMONA_KILL_AT: 'call.sent' });
      await everyone(w);
      await w.until('it died', () => !w.isAlive);
      await w.start();
      await w.driver.act('delete', w.names);
    },
  },
  {
    id: 'B13', name: 'the licences run out in the middle', says: /not enough licences/i,
    async tell(w) {
      await w.twin.knobs({ tasks_fail: 2, task_error_number: 9709 });
      await everyone(w);
      await w.until('some are told', async () => (await w.pomona.people()).filter((p) => p.vpp.failed?.reason).length === 2);
      for (const { vpp } of await w.pomona.people()) w.listener.hear('person', vpp.failed?.reason);
    },
    async then(w, oracle) {
      const failed = (await itemsOf(oracle, 'invite')).filter((i) => i.state === 'failed');
      assert.deepEqual(failed.map((i) => i.apple_number), [9709, 9709], 'two, with the number');
      assert.equal((await w.twin.counts()).creates_applied, w.names.length - 2, 'the others are done');
    },
  },
  {
    id: 'B15', name: "Apple's list of addresses names another host", within: 60_000,
    async tell(w) {
      let strangers = 0;
      const elsewhere = net.createServer((socket) => { strangers++; socket.destroy(); });
      await new Promise((done) => elsewhere.listen(0, '127.0.0.1', done));
      await w.kill();
      await w.twin.knobs({ urls_host: `127.0.0.1:${elsewhere.address().port}` });
      await w.start();
      await everyone(w);
      await shown(w, 'invited');
      elsewhere.close();
      assert.equal(strangers, 0, 'the token goes nowhere else');
      const told = (await w.pomona.get('/api/v1/problems')).items.find((p) => p.kind === 'apple_addresses');
      assert.match(told?.detail ?? '', /127\.0\.0\.1.*not used/);
      assert.match(w.pomona.program.text(), /warning apple\.addresses/, 'and the log says it');
    },
    async then(w) { assert.equal((await w.twin.counts()).creates_applied, w.names.length); },
  },
  {
    id: 'B17', name: 'Apple cannot reach our address', world: { args: ['--public-url', 'http://127.0.0.1:9'] }, within: 60_000, says: /reach|notif/i,
    async tell(w) {
      const { notifications } = await w.pomona.get(`/api/v1/locations/${w.location.id}`);
      assert.equal(notifications.state, 'failed');
      assert.ok(notifications.reason.length > 30, notifications.reason);
      await everyone(w);
      await shown(w, 'invited');
      await w.twin.accept({ count: 2 });
      await w.driver.act('sync');
    },
    async then(w) {
      assert.equal((await w.twin.counts()).creates_applied, w.names.length);
      assert.ok((await w.twin.calls('operation=client.configure')).length <= 3, 'not asked for again and again');
    },
  },
  {
    id: 'B16', name: 'stored versions are refused',
    async tell(w) {
      await everyone(w);
      await registered(w);
      await w.twin.knobs({ forget_versions: 1 });
      await w.driver.act('sync');
      await w.until('it was refused', async () => (await w.twin.calls('operation=users.get')).some((c) => c.error_number === 9721), { within: 10_000 }).catch(() => {});
      await w.twin.knobs({ forget_versions: 0 });
    },
  },
];
