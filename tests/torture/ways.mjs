// What has to happen so that Pomona comes to a named place: `before` in a life without faults, `go` in the life that dies
// there. Whatever `go` asks for is asked again until it is answered, over the death.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { devicesCsv, peopleCsv } from '../stories/lib/school.mjs';

const HOUR = 3_600_000;
const base = (w) => `/api/v1/locations/${w.location.id}`;
const until = (w, what, ask) => w.until(what, ask, { within: 40_000 });
const everyone = (w) => w.driver.act('invite', w.names);
const shown = (w, names, ...states) => until(w, `${names} are ${states}`, async () => {
  const people = await w.pomona.people();
  return names.every((name) => states.includes(people.find((p) => p.user_name === name).vpp.state));
});
const ended = (w, id) => until(w, `job ${id} ends`, async () => {
  const { state } = await w.pomona.get(`/api/v1/jobs/${id}`);
  return ['done', 'failed', 'cancelled', 'planned'].includes(state) && state;
});

// Asked until it is answered with success; told is a status that says that the asking before was carried out.
async function good(w, method, path, body, { type, key, told = [] } = {}) {
  const { status, body: answer } = await w.driver.insist(method, path, body, key, type);
  assert.ok(status < 300 || told.includes(status), `${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  return answer;
}

async function invited(w) {
  await everyone(w);
  await shown(w, w.names, 'invited', 'associated');
}

async function synced(w, more = {}) {
  const { job } = await good(w, 'POST', '/api/v1/vpp-users/sync', { location: w.location.id, ...more }, { key: randomUUID() });
  return { id: job.id, state: await ended(w, job.id) };
}

// A day with all that most places need.
async function day(w) {
  await invited(w);
  await w.twin.accept({ count: 2 });
  await synced(w);
  await w.driver.changeEmail(w.names[5]);
  await synced(w);
  await synced(w, { selection: { ids: [w.idOf.get(w.names[0]), w.idOf.get(w.names[1])] } });
  await w.driver.act('delete', w.names.slice(3, 5));
  await shown(w, w.names.slice(3, 5), 'removed', 'none');
}

// More is bought; Apple's notice brings Pomona to read what there is.
async function buy(w) {
  await w.twin.post('/control/locations/first/assets', { adam_id: '1500000001', count: 5 });
  await invited(w);
  await w.twin.post('/control/locations/first/assets', { adam_id: '1500000002', count: 5 });
  await synced(w);
}

async function handOut(w) {
  await w.twin.post('/control/locations/first/assign', { email: `${w.names[0]}@orchard.example.org`, adam_id: '1500000001' });
  await synced(w);
}

async function importPeople(w) {
  const names = ['x1', 'x2', 'x3'];
  for (const [kind, csv] of [['people', peopleCsv(names)], ['devices', devicesCsv(names)]]) {
    const read = await until(w, 'the file is read', async () => {
      const { id } = await good(w, 'POST', `/api/v1/imports?kind=${kind}`, csv, { type: 'text/csv' });
      const one = await w.pomona.get(`/api/v1/imports/${id}`);
      return one.state === 'preview' && one;
    });
    const { job } = await good(w, 'POST', `/api/v1/imports/${read.id}/apply`, undefined, { key: randomUUID() });
    assert.equal(await ended(w, job.id), 'done');
  }
  const people = await w.pomona.people('q=x');
  assert.deepEqual(people.map((p) => p.user_name).sort(), names, 'each once');
  for (const { id } of people) await good(w, 'DELETE', `/api/v1/people/${id}`, undefined, { told: [404] });
}

async function keepPerson(w) {
  const made = await good(w, 'POST', '/api/v1/people', { user_name: 'zoe', display_name: 'Zoe', email: 'zoe@orchard.example.org' }, { key: randomUUID(), told: [409] });
  const zoe = made.id ? made : await w.pomona.person('zoe');
  await good(w, 'PATCH', `/api/v1/people/${zoe.id}`, { email: 'zoe.new@orchard.example.org' });
  assert.equal((await until(w, 'she is there', () => w.pomona.person('zoe'))).email, 'zoe.new@orchard.example.org');
  await good(w, 'DELETE', `/api/v1/people/${zoe.id}`, undefined, { told: [404] });
}

async function keepSettings(w) {
  const [host, port] = ['127.0.0.1', w.twin.ports.smtp];
  const smtp = await until(w, 'the settings are read', () => w.pomona.get('/api/v1/settings/smtp'));
  await good(w, 'PUT', '/api/v1/settings/smtp', { host, port, security: 'none', from_address: smtp.from_address ?? 'vpp@orchard.example.org' });
  await good(w, 'PUT', '/api/v1/settings/mdm', { url: w.twin.controlUrl });
  await invited(w);
}

async function renew(w, token = {}) {
  const { token_file: file } = await w.twin.post('/control/locations/first/tokens', token);
  // Asked again after a kill: it is in use already.
  await good(w, 'PUT', `${base(w)}/token`, file, { type: 'application/octet-stream', told: [409] });
}

async function loseAndRenew(w) {
  await w.twin.post('/control/locations/first/tokens/revoke', {});
  await everyone(w);
  await until(w, 'the token is known to be lost', async () => (await w.pomona.get(base(w))).token.state !== 'valid');
  await renew(w);
  await shown(w, w.names, 'invited');
}

async function refusedOnce(w) {
  await w.twin.fault({ kind: 'status', status: 401, operation: 'users.get' });
  await everyone(w);
  await shown(w, w.names, 'invited');
}

const foreign = '0f0e0d0c-0b0a-4908-8706-050403020100';

async function takeBack(w) {
  w.foreignId = foreign;
  await w.twin.post('/control/locations/first/mdm-info', { id: foreign, name: 'Other MDM', metadata: 'x' });
  await everyone(w);
  await until(w, 'it is shown', async () => (await w.pomona.get(base(w))).owner.state === 'foreign');
  await until(w, 'the job says why it waits', async () => (await w.pomona.get(`/api/v1/jobs/${w.driver.promises[0].job}`)).wait.reason);
  w.takenBackAt = Date.now();
  await good(w, 'POST', `${base(w)}/take-back`);
  await shown(w, w.names, 'invited');
}

async function addAndLeave(w) {
  const { uid } = await w.twin.location({ name: 'Annex', organisation: 'Annex', assets: 1 });
  const { token_file: file } = await w.twin.get(`/control/locations/${uid}`);
  await good(w, 'POST', '/api/v1/locations', file, { type: 'application/octet-stream', told: [409] });
  const annex = (await until(w, 'both are listed', async () => {
    const { items } = await w.pomona.get('/api/v1/locations');
    return items.length === 2 && items;
  })).find((l) => l.apple_uid === uid);
  await good(w, 'DELETE', `/api/v1/locations/${annex.id}`, undefined, { told: [404] });
  await invited(w);
}

// Somebody works at Apple beside us: a stranger comes and goes, one of ours is retired.
async function drift(w) {
  const [name] = w.names;
  const open = async () => (await w.pomona.get('/api/v1/findings?state=open')).items;
  for (const id of ['theirs-1', 'theirs-2']) await w.twin.post('/control/locations/first/users', { client_user_id: id, email: `${id}@elsewhere.example` });
  w.byHand = new Set([name]);
  await w.twin.post('/control/locations/first/retire', { email: `${name}@orchard.example.org` });
  await synced(w);
  const findings = await until(w, 'three findings', async () => (await open()).length === 3 && open());
  const stranger = findings.find((f) => f.subject === 'theirs-1');
  await good(w, 'POST', `/api/v1/findings/${stranger.id}/repair`, { how: 'leave' }, { told: [409] });
  await w.twin.post('/control/locations/first/retire', { client_user_id: 'theirs-2' });
  const ours = findings.find((f) => f.kind === 'retired_elsewhere');
  const answer = await good(w, 'POST', `/api/v1/findings/${ours.id}/repair`, { how: 'invite' }, { key: randomUUID() });
  w.driver.promises.push({ verb: 'invite', names: [name], job: answer.job?.id ?? answer.job, at: Date.now() });
  await shown(w, [name], 'invited');
  await synced(w);
  await until(w, 'the findings are over', async () => !(await open()).length);
}

// The same, looked at in groups: strangers are retired or left, all of ours invited again by one job.
async function driftInGroups(w) {
  const names = w.names.slice(0, 2);
  const open = async () => (await w.pomona.get('/api/v1/findings?state=open')).items;
  for (const id of ['theirs-1', 'theirs-2']) await w.twin.post('/control/locations/first/users', { client_user_id: id, email: `${id}@elsewhere.example` });
  w.byHand = new Set(names);
  for (const name of names) await w.twin.post('/control/locations/first/retire', { email: `${name}@orchard.example.org` });
  await synced(w);
  const found = await until(w, 'four findings', async () => (await open()).length === 4 && open());
  const unwanted = found.find((f) => f.subject === 'theirs-1');
  w.byHand.add('theirs-1');
  await good(w, 'POST', '/api/v1/findings/repair', { kind: 'foreign', how: 'retire', ids: [unwanted.id] }, { key: randomUUID() });
  await until(w, 'the stranger is retired', async () => (await open()).length === 3);
  await good(w, 'POST', '/api/v1/findings/repair', { kind: 'foreign', how: 'leave' });
  const { job } = await good(w, 'POST', '/api/v1/findings/repair', { kind: 'retired_elsewhere', how: 'invite' }, { key: randomUUID() });
  w.driver.promises.push({ verb: 'invite', names, job: job?.id ?? job, at: Date.now() });
  await shown(w, names, 'invited');
  await synced(w);
  await until(w, 'the findings are over', async () => !(await open()).length);
}

async function onSchedule(w) {
  await good(w, 'PUT', `${base(w)}/schedule`, { mode: 'interval', every_hours: 4, time_zone: 'Europe/Berlin', apply: 'plan_and_apply' });
  const scheduled = async () => (await w.pomona.get('/api/v1/jobs?kind=sync')).items.filter((j) => j.asked_by.includes('schedule'));
  writeFileSync(w.clock, String(4 * HOUR + 60_000));
  const jobs = await until(w, 'the schedule ran', async () => {
    const all = await scheduled();
    return all.length && all.every((j) => j.state === 'done') && all;
  });
  assert.equal(jobs.length, 1, 'once');
}

function useClock(w) {
  w.clock = join(w.folder, 'clock');
  writeFileSync(w.clock, '0');
  w.pomona.env.POMONA_CLOCK_OFFSET_FILE = w.clock;
}

async function planFirst(w) {
  await w.driver.changeEmail(w.names[0]);
  const { id, state } = await synced(w, { mode: 'plan' });
  if (state === 'planned') await good(w, 'POST', `/api/v1/jobs/${id}/apply`, undefined, { told: [409] });
  await ended(w, id);
}

async function cancelled(w) {
  w.proxy.refuseAll(true);
  for (const socket of w.proxy.sockets) socket.destroy();
  const { job } = await everyone(w);
  await until(w, 'the job waits', async () => (await w.pomona.get(`/api/v1/jobs/${job}`)).wait.reason);
  await good(w, 'POST', `/api/v1/jobs/${job}/cancel`, undefined, { told: [409] });
  assert.equal(await ended(w, job), 'cancelled');
  w.proxy.refuseAll(false);
}

async function told(w) {
  await w.twin.fault({ kind: 'status', status: 503, retry_after: 2, operation: 'users.create' });
  await invited(w);
  await w.driver.act('delete', w.names.slice(0, 1));
  await shown(w, w.names.slice(0, 1), 'removed', 'none');
}

// The first start of all, on nothing; then the world as it was.
const first = {
  async meanwhile(w) {
    w.kept = { data: join(w.folder, 'kept'), database: w.pomona.database, token: w.pomona.token };
    renameSync(w.pomona.data, w.kept.data);
    mkdirSync(w.pomona.data, { mode: 0o700 });
    w.pomona.database = w.spare;
  },
  async go() { /* it dies by starting */ },
  async after(w) {
    w.pomona.token = w.kept.token;
    await w.start();
    await w.kill();
    rmSync(w.pomona.data, { recursive: true });
    renameSync(w.kept.data, w.pomona.data);
    w.pomona.database = w.kept.database;
  },
};

// The mark of the installation is made with the first location.
const firstLocation = {
  ...first,
  async go(w) {
    await w.pomona.program.ports();
    w.pomona.token = await w.pomona.makeToken('first', 'owner');
    const { token_file: file } = await w.twin.get('/control/locations/first');
    w.pomona.ask('POST', '/api/v1/locations?take_over=1', file, { type: 'application/octet-stream' }).catch(() => {});
  },
};

const ways = {
  'start.migrating': first,
  'start.migrated': first,
  'start.key_written': first,
  start: { go: day },
  assets: { go: buy },
  request: { go: keepPerson },
  /* Events that take long are asked for; what is quick is proved by the list before. */
  event: { meanwhile: (w) => w.twin.knobs({ event_delay_ms: 4000 }), go: invited },
  licences: { before: invited, go: handOut },
  'location.mark_made': firstLocation,
  'location.template_kept': { before: invited, meanwhile: (w) => w.twin.knobs({ urls_host: 'localhost' }), go: (w) => synced(w) },
  location: { go: addAndLeave },
  'token.lost': { go: loseAndRenew },
  'token.doubted': { go: refusedOnce },
  'token.warned': { go: async (w) => { await renew(w, { expires_in_ms: 5 * 24 * HOUR }); await invited(w); } },
  token: { go: async (w) => { await renew(w); await invited(w); } },
  owner: { go: takeBack },
  custody: { go: takeBack },
  'lane.held': { go: takeBack },
  'lane.released': { go: takeBack },
  'hook.posted': { before: invited, meanwhile: newAddress, go: (w) => w.driver.act('delete', w.names) },
  'hook.kept': { before: invited, meanwhile: newAddress, go: (w) => w.driver.act('delete', w.names) },
  import: { go: importPeople },
  person: { go: keepPerson },
  settings: { go: keepSettings },
  finding: { before: invited, go: drift },
  findings: { before: invited, go: driftInGroups },
  schedule: { before: invited, meanwhile: useClock, go: onSchedule },
  'plan.confirmed': { before: invited, go: planFirst },
  'job.cancelled': { go: cancelled },
  'job.items_cancelled': { go: cancelled },
  wait: { go: told },
  'service.wait_kept': { meanwhile: (w) => w.twin.fault({ kind: 'status', status: 503, retry_after: 2, operation: 'service.config' }), go: invited },
  'lane.wait_shown': { go: told },
  'message.recovered': {
    async before(w) {
      await w.kill();
      await w.start({ POMONA_KILL_AT: 'message.sent' });
      await everyone(w);
      await until(w, 'it died', () => !w.isAlive);
    },
    go: (w) => shown(w, w.names, 'invited'),
  },
  ...Object.fromEntries(['action', 'call', 'commit', 'job', 'lane', 'look', 'message', 'notice', 'plan', 'read', 'sync', 'traffic', 'wire']
    .map((area) => [area, { go: day }])),
};

function newAddress(w) { w.pomona.args = ['--public-url', `http://localhost:${w.pomona.port}`]; }

export function wayTo(point) {
  const way = ways[point] ?? ways[point.split('.')[0]];
  if (!way) throw new Error(`No way is known to ${point}: tests/torture/ways.mjs.`);
  return way;
}
