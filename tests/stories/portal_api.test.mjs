// What the portal keeps at the server for each admin, and the numbers and lists that it draws.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser, setupCode } from './lib/browser.mjs';
import { faultsOf } from './lib/contract.mjs';
import { chosen, devicesCsv, mailOf, names, peopleCsv, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';

const clock = join(tmpdir(), `pomona-days-${process.pid}`);
const DAY = 86_400_000;
writeFileSync(clock, '0');

const password = 'seven green apples fell';

// Signed in as that admin; every answer is compared with the document of the API.
async function signIn(pomona, name) {
  const browser = new Browser(pomona.url);
  assert.equal((await browser.ask('POST', '/api/v1/session', { name, password })).status, 200);
  return async (method, path, body) => {
    const answer = await browser.ask(method, path, body);
    assert.deepEqual(faultsOf(method, path, answer.status, answer.headers.get('content-type') ?? '', answer.body || undefined), []);
    return answer;
  };
}

async function admins(pomona, roles) {
  const first = new Browser(pomona.url);
  assert.equal((await first.ask('POST', '/api/v1/setup', { code: setupCode(pomona), name: 'owner', password })).status, 200);
  for (const role of roles) await pomona.post('/api/v1/admins', { name: role, role, password });
  return Promise.all(['owner', ...roles].map((name) => signIn(pomona, name)));
}

story('preferences belong to the admin, and outlive a restart', async ({ pomona }) => {
  const [owner, auditor] = await admins(pomona, ['auditor']);
  const never = (await owner('GET', '/api/v1/preferences')).body;
  assert.deepEqual(never, { language: '', theme: 'system', single_keys: true, page_size: 50, density: 'compact', user_columns: [], dismissed: [] });
  await owner('PUT', '/api/v1/preferences', { language: 'ar', single_keys: false, page_size: 200, user_columns: ['name', 'email', 'vpp.state'] });
  // What is left out stays.
  const { body } = await owner('PUT', '/api/v1/preferences', { theme: 'dark', dismissed: ['checklist'] });
  const chosenOnes = { language: 'ar', theme: 'dark', single_keys: false, page_size: 200, density: 'compact', user_columns: ['name', 'email', 'vpp.state'], dismissed: ['checklist'] };
  assert.deepEqual(body, chosenOnes);
  assert.deepEqual((await auditor('GET', '/api/v1/preferences')).body, never);
  await pomona.program.stop();
  await pomona.start();
  assert.deepEqual((await owner('GET', '/api/v1/preferences')).body, chosenOnes);
  assert.equal((await owner('PUT', '/api/v1/preferences', { language: '', user_columns: [], dismissed: [] })).body.language, '');
  for (const bad of [{ language: 'fr' }, { page_size: 60 }, { theme: 1 }, { user_columns: ['a b'] }, { user_columns: Array(41).fill('a') }, { dismissed: 'x' }, { other: 1 }])
    assert.equal((await owner('PUT', '/api/v1/preferences', bad)).status, 400, JSON.stringify(bad));
  assert.equal((await pomona.ask('GET', '/api/v1/preferences')).status, 400, 'an API token has none');
});

story('saved lists: own and shared, and who may remove them', async ({ pomona }) => {
  const [owner, operator, auditor] = await admins(pomona, ['operator', 'auditor']);
  const list = { page: 'user', name: 'Not accepted', query: '?state=invited,registered' };
  const own = await auditor('POST', '/api/v1/views', list);
  assert.equal(own.status, 201);
  assert.deepEqual({ ...own.body, id: 0 }, { id: 0, page: 'user', name: 'Not accepted', query: 'state=invited,registered', shared: false, mine: true, owner: 'auditor' });
  assert.equal((await auditor('POST', '/api/v1/views', list)).status, 409);
  assert.equal((await auditor('POST', '/api/v1/views', { ...list, page: 'device' })).status, 201, 'another page');
  assert.equal((await auditor('POST', '/api/v1/views', { ...list, name: 'For all', shared: true })).status, 403);
  const shared = await operator('POST', '/api/v1/views', { ...list, name: 'For all', shared: true });
  assert.equal(shared.status, 201);

  const seen = async (ask) => (await ask('GET', '/api/v1/views?page=user')).body.items.map((v) => `${v.name} ${v.mine}`);
  assert.deepEqual(await seen(auditor), ['For all false', 'Not accepted true']);
  assert.deepEqual(await seen(owner), ['For all false']);
  assert.deepEqual((await pomona.get('/api/v1/views')).items.map((v) => v.name), ['For all'], 'an API token sees what is shared');

  assert.equal((await operator('DELETE', `/api/v1/views/${own.body.id}`)).status, 404, 'what others keep for themselves is not there');
  assert.equal((await auditor('DELETE', `/api/v1/views/${shared.body.id}`)).status, 403);
  assert.equal((await auditor('DELETE', `/api/v1/views/${own.body.id}`)).status, 204);
  assert.equal((await owner('DELETE', `/api/v1/views/${shared.body.id}`)).status, 204, 'an admin may');
  assert.deepEqual(await seen(auditor), []);
  const acts = (await pomona.get('/api/v1/audit?target_kind=view')).items.map((row) => [row.act, row.actor.name]);
  assert.deepEqual(acts, [['view.remove', 'owner'], ['view.share', 'operator']]);
});

story('numbers of the day, together and for a location', async ({ twin, pomona }) => {
  const today = async (query = '') => (await pomona.get(`/api/v1/statistics?days=30${query}`)).days.at(-1);
  const first = await today();
  assert.equal(first.day, new Date().toISOString().slice(0, 10));
  assert.deepEqual({ ...first, day: 0 }, { day: 0, requested: 0, registered: 0, invited: 0, associated: 0, retired: 0, licences_total: 0, licences_assigned: 0 });
  const location = await school({ twin, pomona });
  await pomona.does('invite', { selection: await chosen(pomona, ['ada', 'bob']) });
  await pomona.does('delete', { selection: await chosen(pomona, ['bob']) });
  await pomona.does('sync', {});
  const now = await today();
  assert.deepEqual([now.invited, now.associated, now.retired], [1, 0, 1]);
  const assets = (await pomona.get(`/api/v1/locations/${location.id}/assets?limit=200`)).items.filter((a) => a.total !== null);
  assert.equal(now.licences_total, assets.reduce((sum, a) => sum + a.total, 0));
  assert.ok(now.licences_total > 0);
  assert.deepEqual(await today(`&location=${location.id}`), now);
  assert.equal((await pomona.ask('GET', '/api/v1/statistics?location=99')).status, 404);
  assert.equal((await pomona.ask('GET', '/api/v1/statistics?days=401')).status, 400);
});

story('imports, newest first', async ({ pomona }) => {
  const ids = [];
  for (const kind of ['people', 'devices', 'people'])
    ids.unshift((await pomona.import(kind, kind === 'people' ? `user_name,email\nada${ids.length},a@b.example\n` : 'serial_number,platform\nC020000001,iPadOS\n')).id);
  const page = await pomona.get('/api/v1/imports?limit=2&count=1');
  assert.deepEqual(page.items.map((i) => i.id), ids.slice(0, 2));
  assert.equal(page.total, 3);
  assert.deepEqual((await pomona.get(`/api/v1/imports?limit=2&after=${page.next}`)).items.map((i) => i.id), ids.slice(2));
  assert.deepEqual((await pomona.get('/api/v1/imports?kind=devices&count=1')).total, 1);
});

story('a pasted list: tidied, found, unknown and ambiguous', async ({ twin, pomona }) => {
  await school({ twin, pomona }, ['ada', 'bob', 'cyd']);
  await pomona.does('invite', { selection: await chosen(pomona, ['cyd']) });
  const person = async (name) => (await pomona.person(name));
  const [ada, bob, cyd] = [await person('ada'), await person('bob'), await person('cyd')];
  // Two people share an address; a third has the user name that is a fourth one's address.
  await pomona.patch(`/api/v1/people/${bob.id}`, { email: 'shared@orchard.example.org' });
  await pomona.post('/api/v1/people', { user_name: 'dan', display_name: 'Dan', email: 'Shared@orchard.example.org', managed_apple_account: 'dan@school.appleid.example' });
  const dan = await person('dan');
  const lines = ['  ADA ', 'Ada Apple <ADA@orchard.example.org>', '', 'mailto:dan@SCHOOL.appleid.example', 'c020000002', cyd.vpp.client_user_id,
    `id:${dan.id}`, 'shared@orchard.example.org', 'nobody', ' nobody ', '<>', '"bob",', '99999', '\' or 1=1 --'];
  const found = await pomona.post('/api/v1/people/find', { lines });
  assert.deepEqual(found.found.map((f) => [f.line, f.id]), [[lines[0], ada.id], [lines[1], ada.id], [lines[3], dan.id], [lines[4], bob.id],
    [lines[5], cyd.id], [lines[6], dan.id], [lines[11], bob.id]]);
  assert.deepEqual(found.ambiguous, [{ line: 'shared@orchard.example.org', count: 2 }]);
  assert.deepEqual(found.unknown, ['nobody', '<>', '99999', '\' or 1=1 --']);
  assert.equal(found.found[0].display_name, 'ada Apple');

  await pomona.good('DELETE', `/api/v1/people/${ada.id}`);
  assert.deepEqual((await pomona.post('/api/v1/people/find', { lines: ['ada'] })).unknown, ['ada'], 'who was taken out is not there');
  const many = Array.from({ length: 10_000 }, (_, i) => `person${i}@orchard.example.org`);
  assert.equal((await pomona.post('/api/v1/people/find', { lines: many })).unknown.length, 10_000);
  for (const bad of [{}, { lines: [] }, { lines: 'ada' }, { lines: [1] }, { lines: ['x'.repeat(1201)] }, { lines: [...many, 'one more'] }])
    assert.equal((await pomona.ask('POST', '/api/v1/people/find', bad)).status, 400);
});

story('what is wrong now, and that it is gone with its cause', async ({ twin, pomona }) => {
  const problems = async () => (await pomona.get('/api/v1/problems')).items;
  const kinds = async () => (await problems()).map((p) => p.kind);
  assert.deepEqual(await kinds(), ['no_location', 'no_people']);
  const location = await school({ twin, pomona });
  assert.deepEqual(await kinds(), ['no_schedule']);
  const [schedule] = await problems();
  assert.deepEqual([schedule.severity, schedule.location, schedule.path], ['info', { id: location.id, name: location.name }, '/setting/ios/vpp']);
  await pomona.put(`/api/v1/locations/${location.id}/schedule`, { mode: 'daily', at: '03:30' });
  assert.deepEqual(await kinds(), []);

  await pomona.does('invite', { selection: await chosen(pomona, ['ada']) });
  await pomona.patch(`/api/v1/people/${(await pomona.person('ada')).id}`, { email: 'new@orchard.example.org' });
  const plan = await pomona.job(await pomona.act('sync', { mode: 'plan' }));
  assert.equal(plan.state, 'planned');
  const [waits] = await problems();
  assert.deepEqual([waits.kind, waits.count, waits.values.id, waits.path], ['plan_waiting', 1, plan.id, `/job/${plan.id}`]);
  assert.ok(waits.since);
  await pomona.post(`/api/v1/jobs/${plan.id}/cancel`);
  assert.deepEqual(await kinds(), []);

  await pomona.put(`/api/v1/locations/${location.id}/mode`, { mode: 'observe' });
  assert.deepEqual(await kinds(), ['observe_only']);

  const { code, stdout } = await pomona.cli('problems');
  assert.equal(code, 0);
  assert.match(stdout, /^PROBLEM/);
  assert.match((await pomona.cli('statistics', '--days', '7')).stdout, /^DAY .*\n\d{4}-\d\d-\d\d /);
});

story('a dry run of very many looks at the first of them, counts them all, and says so', async ({ twin, pomona }) => {
  await school({ twin, pomona }, names(600));
  const dry = (query) => pomona.post(`/api/v1/vpp-users/invite?dry_run=1${query}`, { selection: { filter: { eligible: true } } });
  const whole = await dry('');
  assert.deepEqual([whole.selected, whole.looked_at, whole.will_do + whole.will_skip], [600, 600, 600]);
  const first = await dry('&look=100');
  assert.deepEqual([first.selected, first.looked_at, first.counted, first.will_do], [600, 100, 'all', 600]);
  const filter = { q: 'apple', eligible: true };
  const found = await pomona.post('/api/v1/vpp-users/invite?dry_run=1&look=100', { selection: { filter } });
  assert.deepEqual([found.selected, found.looked_at, found.counted, found.will_do], [600, 100, 'part', 100]);
  assert.equal((await dry('&look=100000')).looked_at, 600);
});

story('apps by what is scarce, who holds one, and its licences day by day', { pomona: { env: { POMONA_CLOCK_OFFSET_FILE: clock } } }, async (w) => {
  const { twin, pomona } = w;
  const uid = (await twin.location({ name: 'Small', assets: [{ adam_id: '11', count: 3 }, { adam_id: '12', count: 20, book: true }, { adam_id: '13', unlimited: true }] })).uid;
  const location = await school(w, ['ada', 'bob', 'cyd'], { uid });
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada', 'bob', 'cyd']) });
  for (const who of ['ada', 'bob', 'cyd']) await twin.accept({ email: mailOf(who), account: `${who}@store.example` }, uid);
  const give = (who, adam_id) => twin.post(`/control/locations/${uid}/assign`, { email: mailOf(who), adam_id });
  const read = async (path) => {
    const answer = await pomona.ask('GET', `/api/v1/locations/${location.id}/${path}`);
    assert.deepEqual(faultsOf('GET', `/api/v1/locations/${location.id}/${path}`, answer.status, answer.headers.get('content-type') ?? '', answer.body), []);
    return answer.body;
  };
  await give('ada', '11');
  await pomona.does('sync', { location: location.id });
  writeFileSync(clock, String(2 * DAY));
  for (const [who, app] of [['bob', '11'], ['cyd', '11'], ['ada', '12']]) await give(who, app);
  await pomona.does('sync', { location: location.id });

  const numbers = async (query) => (await read(`assets?${query}`)).items.map((one) => one.adam_id);
  assert.deepEqual(await numbers('sort=scarce'), ['11', '12', '13']);
  assert.deepEqual([await numbers('use=out'), await numbers('use=nearly'), await numbers('type=book'), await numbers('q=13')], [['11'], [], ['12'], ['13']]);
  const first = await read('assets?sort=scarce&limit=1');
  assert.deepEqual(await numbers(`sort=scarce&limit=1&after=${first.next}`), ['12']);
  assert.equal((await pomona.ask('GET', `/api/v1/locations/${location.id}/assets?sort=dear`)).status, 400);

  const app = await read('assets/11');
  assert.deepEqual([app.total, app.assigned, app.available], [3, 3, 0]);
  const { days } = await read('assets/11/days?days=30');
  assert.deepEqual(days.map((one) => one.assigned), [1, 1, 3], 'a day without a reading is as the day before');
  assert.equal(days.at(-1).day, new Date(Date.now() + 2 * DAY).toISOString().slice(0, 10));
  assert.deepEqual((await read('assets/13/days')).days.at(-1).total, null);
  assert.equal((await pomona.ask('GET', `/api/v1/locations/${location.id}/assets/99`)).status, 404);

  const who = async (query) => (await read(`assignments?adam_id=11&${query}`)).items.map((one) => one.person?.display_name);
  assert.deepEqual((await who('by=user')).sort(), ['ada Apple', 'bob Apple', 'cyd Apple']);
  assert.deepEqual([await who('q=BOB'), await who('by=device'), await who('q=nobody')], [['bob Apple'], [], []]);
  assert.equal((await pomona.ask('GET', `/api/v1/locations/${location.id}/assignments?q=bob`)).status, 400);
});

const now = join(tmpdir(), `pomona-now-${process.pid}`);
const room = join(tmpdir(), `pomona-room-${process.pid}`);

story('a disk that is nearly full, a clock that is off, and apps that are used up are problems of all', { pomona: { env: { POMONA_CLOCK_OFFSET_FILE: now, POMONA_DISK_FREE_FILE: room } } }, async ({ twin, pomona, expectLog }) => {
  expectLog(/clock\.set_back/);
  const MB = 1024 * 1024;
  const found = async (kind) => (await pomona.get('/api/v1/problems')).items.find((one) => one.kind === kind);
  writeFileSync(room, String(2000 * MB));
  assert.equal(await found('disk_full'), undefined);
  writeFileSync(room, String(700 * MB + 5));
  assert.deepEqual((({ severity, count }) => [severity, count])(await found('disk_full')), ['warning', 700]);
  writeFileSync(room, String(100 * MB));
  assert.equal((await found('disk_full')).severity, 'danger');
  writeFileSync(room, String(2000 * MB));

  const { uid, token_file: file } = await twin.location({ name: 'Small School', organisation: 'Small School', assets: [{ adam_id: '1500000101', name: 'One', count: 1 }, { adam_id: '1500000102', name: 'Five', count: 5 }] });
  const location = await pomona.addLocation(file);
  await pomona.import('people', peopleCsv(['ada']));
  await pomona.import('devices', devicesCsv(['ada']));
  await pomona.does('invite', { selection: await chosen(pomona, ['ada']) });
  await twin.accept({ email: mailOf('ada'), account: 'ada@store.example' }, uid);
  await pomona.does('sync', {});
  assert.deepEqual([await found('licences_used_up'), await found('clock_wrong')], [undefined, undefined]);
  await twin.post(`/control/locations/${uid}/assign`, { email: mailOf('ada'), adam_id: '1500000101' });
  writeFileSync(now, String(-12 * 60 * 1000));
  await pomona.does('sync', {});
  const used = await found('licences_used_up');
  assert.deepEqual([used.severity, used.count, used.location.id], ['info', 1, location.id]);
  const off = await found('clock_wrong');
  assert.deepEqual([off.severity, off.values.state, Math.abs(off.count - 12) <= 1], ['warning', 'behind', true], JSON.stringify(off));
  writeFileSync(now, '0');
  await pomona.does('sync', {});
  assert.equal(await found('clock_wrong'), undefined);
});
