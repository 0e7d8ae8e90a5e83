// D: whose location it is, and with what token.
import assert from 'node:assert/strict';

const everyone = (w) => w.driver.act('invite', w.names);
const location = (w) => w.pomona.get(`/api/v1/locations/${w.location.id}`);

async function renew(w, token = {}) {
  const { token_file: file } = await w.twin.post('/control/locations/first/tokens', token);
  const { status, body } = await w.pomona.ask('PUT', `/api/v1/locations/${w.location.id}/token`, file, { type: 'application/octet-stream' });
  assert.ok(status < 300, JSON.stringify(body));
}

const lost = (act) => async (w) => {
  await w.twin.post(`/control/locations/first/tokens/${act}`, {});
  await everyone(w);
  await w.until("the token is known to be lost", async () => (await location(w)).token.state !== "valid", { within: 40_000 });
  const { job } = w.driver.promises[0];
  await w.until('the job says why it waits', async () => (await w.pomona.get(`/api/v1/jobs/${job}`)).wait.reason);
  await renew(w);
};

const foreign = '0f0e0d0c-0b0a-4908-8706-050403020100';

export const token = [
  { id: 'D1', name: 'the token expires while people wait, and is renewed', tell: lost('expire'), within: 90_000,
    async then(w) { assert.equal((await w.twin.counts()).creates_applied, w.names.length); } },
  { id: 'D2', name: 'the token is revoked, and replaced', tell: lost('revoke'), within: 90_000,
    async then(w) { assert.equal((await location(w)).token.state, 'valid'); } },
  {
    id: 'D3', name: 'a token of another location is refused',
    async tell(w) {
      const { uid } = await w.twin.location({ name: 'Elsewhere', organisation: 'Elsewhere', assets: 1 });
      const { token_file: file } = await w.twin.get(`/control/locations/${uid}`);
      const { status } = await w.pomona.ask('PUT', `/api/v1/locations/${w.location.id}/token`, file, { type: 'application/octet-stream' });
      assert.ok(status >= 400, `${status}`);
      await everyone(w);
    },
  },
  {
    id: 'D4', name: 'another server takes the location in the middle of a job', world: { people: 12 }, within: 60_000,
    async tell(w) {
      await w.twin.knobs({ limits: { maxUsers: 1 }, event_delay_ms: 200 });
      await everyone(w);
      await w.until('some are sent', async () => (await w.twin.calls('operation=users.create')).length > 0);
      w.foreignId = foreign;
      await w.twin.post('/control/locations/first/mdm-info', { id: foreign, name: 'Other MDM', metadata: 'x' });
      await w.driver.act('sync');
      await w.until('it is shown', async () => (await location(w)).owner.state === 'foreign');
      await w.kill();
      await w.start();
      await w.driver.act('delete', w.names.slice(0, 2));
      await w.until('the job says why it waits', async () => {
        const { job } = w.driver.promises.at(-1);
        return /Other MDM|manages/.test((await w.pomona.get(`/api/v1/jobs/${job}`)).wait.reason ?? '');
      });
      w.takenBackAt = Date.now();
      await w.pomona.post(`/api/v1/locations/${w.location.id}/take-back`);
    },
  },
  {
    id: 'D4w', name: 'the answer to a write shows another owner', world: { people: 6 }, within: 60_000,
    async tell(w) {
      await w.twin.knobs({ limits: { maxUsers: 1 } });
      w.foreignId = foreign;
      await w.twin.post('/control/locations/first/mdm-info', { id: foreign, name: 'Other MDM', metadata: 'x' });
      await everyone(w);
      await w.until('it is shown', async () => (await location(w)).owner.state === 'foreign');
      w.takenBackAt = Date.now();
      await w.pomona.post(`/api/v1/locations/${w.location.id}/take-back`);
    },
  },
  {
    id: 'D5', name: 'the owner mark is ours in capitals',
    async tell(w) {
      const { mdm_info: mark } = await w.twin.get('/control/locations/first');
      if (mark?.id) await w.twin.post('/control/locations/first/mdm-info', { ...mark, id: mark.id.toUpperCase() });
      await everyone(w);
    },
    async then(w) { assert.equal((await w.twin.counts()).creates_applied, w.names.length); },
  },
  {
    id: 'D7', name: 'the new token may only read', within: 60_000, says: /may only read|read-only|only read/i,
    async tell(w) {
      await renew(w, { read_only: true });
      await everyone(w);
      await w.until('it is known', async () => (await location(w)).token.state === 'read_only');
      await w.until('it is said', async () => (await w.pomona.get(`/api/v1/jobs/${w.driver.promises[0].job}`)).wait.reason);
      const before = (await w.twin.calls('operation=users.create')).length;
      await w.driver.act('sync');
      await w.until('it is read', async () => (await w.pomona.get('/api/v1/jobs?kind=sync')).items.every((j) => j.state === 'done'));
      assert.equal((await w.twin.calls('operation=users.create')).length, before, 'nothing is written any more');
      await renew(w);
    },
  },
  {
    id: 'D7w', name: 'a write is the first to hear that the token may only read', within: 60_000, says: /may only read|read-only|only read/i,
    async tell(w) {
      await w.twin.fault({ kind: 'status', status: 400, error_number: 9637, operation: 'users.create', count: 2 });
      await everyone(w);
      await w.until('it is known', async () => (await location(w)).token.state === 'read_only');
      await renew(w);
    },
    async then(w) { assert.equal((await w.twin.counts()).creates_applied, w.names.length); },
  },
];
