// Files as people really have them, and files that are none.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const sample = (name) => readFileSync(fileURLToPath(new URL(`../../docs/samples/${name}`, import.meta.url)));

async function preview(pomona, kind, file) {
  const { status, body } = await pomona.ask('POST', `/api/v1/imports?kind=${kind}`, file, { type: 'text/csv' });
  if (status >= 300) return { status, ...body };
  return waitFor('the file is read', async () => {
    const now = await pomona.get(`/api/v1/imports/${body.id}`);
    return now.state !== 'reading' && { status, ...now };
  });
}

const rowsOf = async (pomona, { id }, verdict) => (await pomona.get(`/api/v1/imports/${id}/rows?verdict=${verdict}`)).items;

story('the samples, as their page says', async ({ pomona }) => {
  const people = await preview(pomona, 'people', sample('people.csv'));
  assert.deepEqual([people.added, people.changed, people.unchanged, people.bad], [200, 0, 0, 5]);
  assert.equal(await pomona.total(''), 0, 'a preview applies nothing');
  const [uploaded] = (await pomona.get('/api/v1/audit')).items;
  assert.deepEqual([uploaded.act, uploaded.detail.kind, uploaded.detail.added, uploaded.detail.bad], ['import.upload', 'people', 200, 5]);
  await pomona.job(await pomona.post(`/api/v1/imports/${people.id}/apply`));
  assert.equal(await pomona.total(''), 200);
  const devices = await preview(pomona, 'devices', sample('devices.csv'));
  assert.deepEqual([devices.added, devices.bad], [230, 5]);
  await pomona.job(await pomona.post(`/api/v1/imports/${devices.id}/apply`));
  const same = await preview(pomona, 'people', sample('people-excel.csv'));
  assert.deepEqual([same.added, same.changed, same.unchanged, same.bad], [0, 0, 40, 0]);
});

story('byte-order mark, CRLF, semicolons, quoted newlines, UTF-8', async ({ pomona }) => {
  const text = '\ufeffuser_name;display_name;email\r\nada;"Ada\r\nLöwe; née Ж";ada@orchard.example.org\r\n';
  const read = await preview(pomona, 'people', text);
  assert.deepEqual([read.added, read.bad], [1, 0], JSON.stringify(await rowsOf(pomona, read, 'bad')));
  await pomona.job(await pomona.post(`/api/v1/imports/${read.id}/apply`));
  assert.match((await pomona.person('ada')).display_name, /Löwe; née Ж/);
});

story('bad rows are listed with line and reason, and the good ones apply', async ({ pomona }) => {
  const text = ['user_name,email', 'ada,ada@orchard.example.org', ',nobody@orchard.example.org', 'bob,no address', 'ada,twice@orchard.example.org', 'cyd,cyd@orchard.example.org'].join('\n');
  const read = await preview(pomona, 'people', text);
  assert.deepEqual([read.added, read.bad], [2, 3]);
  const bad = await rowsOf(pomona, read, 'bad');
  assert.deepEqual(bad.map((row) => row.line).sort(), [3, 4, 5]);
  for (const row of bad) assert.ok(row.reason.length > 10, JSON.stringify(row));
  await pomona.job(await pomona.post(`/api/v1/imports/${read.id}/apply`));
  assert.deepEqual((await pomona.people()).map((p) => p.user_name).sort(), ['ada', 'cyd']);
  const twice = await pomona.ask('POST', `/api/v1/imports/${read.id}/apply`);
  assert.equal(twice.status, 409);
});

story('a key that comes again far below, and a file that is imported twice', async ({ pomona }) => {
  const line = (i) => `u${i},Person ${i},u${i}@orchard.example.org`;
  const text = ['user_name,display_name,email', ...Array.from({ length: 1200 }, (_, i) => line(i)), line(3), 'U700,again,', line(1199)].join('\n');
  const read = await preview(pomona, 'people', text);
  assert.deepEqual([read.added, read.bad], [1200, 3]);
  const bad = await rowsOf(pomona, read, 'bad');
  assert.deepEqual(bad.map((row) => [row.line, row.reason]), [[1202, 'u3 is already in line 5 of this file.'],
    [1203, 'U700 is already in line 702 of this file.'], [1204, 'u1199 is already in line 1201 of this file.']]);
  await pomona.job(await pomona.post(`/api/v1/imports/${read.id}/apply`));
  const again = await preview(pomona, 'people', text.replace('Person 1100', 'Person Eleven Hundred'));
  assert.deepEqual([again.added, again.changed, again.unchanged, again.bad], [0, 1, 1199, 3]);

  // By user name, by e-mail address, by nobody.
  const devices = ['serial_number,platform,user', 'C02AAAA001,iPadOS,U5', 'C02AAAA002,macOS,u6@orchard.example.org', 'C02AAAA003,iOS,', 'C02AAAA004,iOS,nemo'].join('\n');
  const first = await preview(pomona, 'devices', devices);
  assert.deepEqual([first.added, first.bad], [3, 1]);
  await pomona.job(await pomona.post(`/api/v1/imports/${first.id}/apply`));
  assert.deepEqual([(await pomona.person('u5')).eligible, (await pomona.person('u6')).eligible, (await pomona.person('u7')).eligible], [true, true, false]);
  const moved = await preview(pomona, 'devices', devices.replace('U5', 'u7'));
  assert.deepEqual([moved.changed, moved.unchanged], [1, 2]);
  await pomona.job(await pomona.post(`/api/v1/imports/${moved.id}/apply`));
  assert.deepEqual([(await pomona.person('u5')).eligible, (await pomona.person('u7')).eligible], [false, true]);
});

const look = (pomona, kind, file) => pomona.ask('POST', `/api/v1/imports/columns?kind=${kind}`, file, { type: 'text/csv' });

story('columns are matched before the preview, and the next such file remembers it', async ({ pomona }) => {
  const text = 'Kürzel;Post;Wer;Notiz\nada;ada@orchard.example.org;Ada;"a\nb"\nbob;bob@orchard.example.org;Bob;\n';
  const seen = (await look(pomona, 'people', text)).body;
  assert.deepEqual(seen.columns.map((one) => [one.header, one.field, one.examples.join('|')]),
    [['Kürzel', null, 'ada|bob'], ['Post', null, 'ada@orchard.example.org|bob@orchard.example.org'], ['Wer', null, 'Ada|Bob'], ['Notiz', null, 'a b|']]);
  assert.equal(seen.key, 'user_name');
  assert.ok(seen.fields.includes('email') && !seen.fields.includes('serial_number'), String(seen.fields));
  assert.match(seen.problem, /No column of the file holds the user name/);
  const cut = await look(pomona, 'people', text.slice(0, text.indexOf('"a') + 2));
  assert.deepEqual(cut.body.columns.map((one) => one.header), ['Kürzel', 'Post', 'Wer', 'Notiz'], 'the beginning of a file is enough');

  const send = (file, columns) => pomona.ask('POST', `/api/v1/imports?kind=people${columns === undefined ? '' : `&columns=${encodeURIComponent(columns)}`}`, file, { type: 'text/csv' });
  const refused = await send(text, 'user_name,email,email,');
  assert.deepEqual([refused.status, refused.body.errors[0].pointer], [400, 'columns']);
  assert.match(refused.body.detail, /email is matched with two columns, 2 \("Post"\) and 3 \("Wer"\)/);
  const chosen = await send(text, 'user_name,email,display_name,');
  assert.deepEqual([chosen.body.matching, chosen.body.added, chosen.body.bad], ['chosen', 2, 0]);
  const [uploaded] = (await pomona.get('/api/v1/audit')).items;
  assert.deepEqual([uploaded.act, uploaded.detail.matching], ['import.upload', 'chosen']);
  const next = await send(text.replace('Ada', 'Ada L.'));
  assert.deepEqual([next.body.matching, next.body.added], ['remembered', 2]);
  const again = (await look(pomona, 'people', text)).body;
  assert.deepEqual([again.columns[0].field, again.columns[0].found, again.problem], ['user_name', null, null]);
  assert.ok(again.remembered_by && again.remembered_at);
});

const notCsv = [
  ['a PDF', Buffer.from('%PDF-1.7\n\x00\x01\x02')],
  ['a spreadsheet', Buffer.from('PK\x03\x04\x14\x00\x06\x00')],
  ['nothing', ''],
  ['no key column', 'colour,size\nred,5\n'],
];
for (const [name, file] of notCsv) {
  story(`refused with a sentence: ${name}`, async ({ pomona }) => {
    const answer = await preview(pomona, 'people', file);
    assert.ok(answer.status >= 400 && answer.status < 500, JSON.stringify(answer));
    assert.ok(answer.detail.length > 15, answer.detail);
    assert.equal(await pomona.total(''), 0);
  });
}
