// The server is asked to end while something is under way: it ends soon, and nothing that it took is lost.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { chosen, names, peopleCsv, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const soon = 15_000; // five seconds of grace for a call to Apple, and room for a machine with much else to do

async function endsSoon(pomona) {
  const begun = Date.now();
  const { code, signal } = await pomona.program.stop();
  assert.equal(code, 0, `ended with ${code ?? signal}`);
  assert.ok(Date.now() - begun < soon, `it took ${Date.now() - begun} ms`);
}

story('ended while a job runs: it goes on after the start, each person once', { timeout: 180_000 }, async ({ twin, pomona, expectLog }) => {
  expectLog(/message|lane/);
  const location = await school({ twin, pomona }, names(40));
  await twin.knobs({ event_delay_ms: 3000 });
  const asked = await pomona.act('invite', { location: location.id, selection: { filter: {} } });
  await waitFor('Apple has the call', async () => (await twin.calls()).some((c) => /create/.test(c.operation ?? c.path)));
  await endsSoon(pomona);
  await pomona.start();
  const job = await pomona.job(asked);
  assert.deepEqual([job.state, job.done, job.failed], ['done', 40, 0]);
  assert.equal((await twin.users()).length, 40);
});

story('ended while Apple hangs and a browser listens', { timeout: 180_000 }, async ({ twin, pomona, expectLog }) => {
  expectLog(/message|lane/);
  const location = await school({ twin, pomona }, ['ada', 'bob']);
  const streams = await Promise.all(Array.from({ length: 5 }, () => fetch(`${pomona.url}/api/v1/events`, { headers: { authorization: `Bearer ${pomona.token}` } })));
  const over = Promise.all(streams.map((s) => s.text().catch(() => 'broken off')));
  await twin.fault({ kind: 'delay', delay_ms: 50_000, count: 1, operation: 'users.create' });
  const asked = await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada', 'bob']) });
  await waitFor('Apple has the call', async () => (await twin.users()).length === 2);
  await endsSoon(pomona);
  await over;
  await pomona.start();
  const job = await pomona.job(asked, { within: 100_000 });
  assert.deepEqual([job.state, job.done], ['done', 2]);
  assert.equal((await twin.users()).length, 2, 'sent once');
});

story('ended while a file is on its way: the file is refused or broken off, the next start takes it', async ({ pomona }) => {
  const csv = peopleCsv(names(2000));
  const request = http.request(`${pomona.url}/api/v1/imports?kind=people`, {
    method: 'POST', headers: { authorization: `Bearer ${pomona.token}`, 'content-type': 'text/csv', 'content-length': csv.length },
  });
  const answered = new Promise((done) => {
    request.once('response', (r) => done(r.statusCode));
    request.once('error', () => done('broken off'));
  });
  await new Promise((done) => request.write(csv.slice(0, csv.length / 2), done));
  await endsSoon(pomona);
  assert.equal(await answered, 'broken off');
  await pomona.start();
  assert.deepEqual((await pomona.get('/api/v1/people')).items, []);
  assert.equal((await pomona.import('people', csv)).state, 'applied');
  assert.equal(await pomona.total(''), 2000);
});

story('ended while many ask: each answer is whole', async ({ pomona }) => {
  await pomona.import('people', peopleCsv(names(500)));
  let ending = false;
  const asker = async () => {
    for (;;) {
      let answer;
      try {
        answer = await fetch(`${pomona.url}/api/v1/people?limit=200`, { headers: { authorization: `Bearer ${pomona.token}` } });
      } catch {
        if (ending) return; // nobody listens any more
        throw new Error('an answer was broken off before the end');
      }
      assert.equal(answer.status, 200);
      await answer.text().then(JSON.parse).catch((error) => { if (!ending) throw error; });
    }
  };
  const askers = Array.from({ length: 16 }, asker);
  await pomona.people();
  ending = true;
  await endsSoon(pomona);
  await Promise.all(askers);
});

story('ended while a mail server says nothing, to a test and to the post', { timeout: 180_000 }, async ({ twin, pomona, expectLog }) => {
  expectLog(/message|lane|http\.request/);
  const location = await school({ twin, pomona }, ['ada']);
  const talks = new Set();
  const silent = net.createServer((socket) => { talks.add(socket); socket.on('error', () => {}); });
  await new Promise((done) => silent.listen(0, '127.0.0.1', done));
  const smtp = { host: '127.0.0.1', port: silent.address().port, security: 'none', from_address: 'it@orchard.example.org', from_name: 'IT' };
  await pomona.put('/api/v1/settings/smtp', smtp);
  await pomona.act('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  await waitFor('the post waits for the mail server', () => talks.size === 1);
  const tried = pomona.ask('POST', '/api/v1/settings/smtp/test', { to: 'me@example.org' }).catch(() => 'broken off');
  await waitFor('the test waits for the mail server', () => talks.size === 2);
  await endsSoon(pomona);
  await tried;
  await pomona.start();
  for (const talk of talks) talk.destroy();
  silent.close();
  await pomona.put('/api/v1/settings/smtp', { ...smtp, port: twin.ports.smtp });
  await waitFor('the mail came', async () => (await twin.mail()).length === 1);
});

story('ended while a location is added and Apple hangs, or asks to wait', { timeout: 180_000 }, async ({ twin, pomona, expectLog }) => {
  expectLog(/http\.request/);
  const { token_file: file } = await twin.get('/control/locations/first');
  const slow = { kind: 'delay', delay_ms: 50_000, operation: 'client.config' };
  const wait = { kind: 'status', status: 503, retry_after: '9', count: 9, operation: 'client.config' };
  for (const fault of [slow, wait]) {
    await twin.fault(fault);
    const asked = (await twin.calls()).length;
    const added = pomona.addLocation(file).catch((error) => error);
    await waitFor('Apple is asked', async () => (await twin.get('/control/faults')).items.every((f) => f.hits > 0) && asked >= 0);
    await endsSoon(pomona);
    assert.ok((await added) instanceof Error, 'it was not added');
    await twin.calm();
    await pomona.start();
    assert.deepEqual((await pomona.get('/api/v1/locations')).items, []);
  }
  assert.equal((await pomona.addLocation(file)).organisation, 'Orchard School');
});
