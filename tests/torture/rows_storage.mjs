// F: the disk and the database.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, openSync, readdirSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../stories/lib/wait.mjs';
import { disk, failingDisk, lockHeld } from './lib/disk.mjs';

const everyone = (w) => w.driver.act('invite', w.names);
const sizeLimit = (w, bytes) => execFileSync('prlimit', ['--pid', String(w.pomona.program.child.pid), `--fsize=${bytes}:unlimited`]);

// No file of Pomona's may grow: as a disk that is full.
const diskFull = (w) => sizeLimit(w, 1);
const diskFree = (w) => sizeLimit(w, 'unlimited');

async function createdOnce(w) {
  assert.equal((await w.twin.counts()).creates_applied, w.names.length, 'everyone is created once');
}

// The disk fails while people are invited; whoever asks meanwhile is told, and later all goes on.
async function troubled(w, order, words) {
  await w.kill();
  failingDisk(w);
  await w.start();
  w.proxy.arm({ what: 'delay_answer', ms: 400, path: /POST .*users\/create/ });
  await everyone(w);
  await w.until('it is under way', () => w.proxy.writes.find((ex) => /create/.test(ex.path)));
  disk(w, order);
  await pause(1500);
  if (words) {
    const { status, body } = await w.pomona.ask('POST', '/api/v1/vpp-users/delete', { location: w.location.id, selection: { ids: [w.idOf.get(w.names[0])] } });
    w.listener.hear('POST', body.detail);
    assert.ok(status === 503, `${status} ${JSON.stringify(body)}`);
    assert.match(body.detail, words);
    assert.equal((await w.pomona.people()).length, w.names.length, 'reading goes on');
  }
  assert.ok(existsSync(`${w.diskFile}.struck`), 'the disk did not fail');
  disk(w, '');
}

// A start that is expected to fail; then the world goes on.
async function refusedStart(w, order) {
  await w.pomona.program.stop();
  failingDisk(w);
  disk(w, order);
  w.spawn();
  const end = await Promise.race([w.pomona.program.ended, pause(8000)]);
  const words = w.pomona.program.text().trim().split('\n').slice(-3).join(' ');
  if (!end) await w.kill();
  disk(w, '');
  await w.start();
  return { code: end?.code ?? 0, words };
}

export const storage = [
  ...[['call', /POST .*users\/create/], ['event', /GET .*status/], ['list', /GET .*users\?/]].map(([what, path]) => ({
    id: `F1 ${what}`, name: `the disk is full when the answer of a ${what} comes`, needs: 'sqlite', within: 60_000,
    async tell(w) {
      if (what === 'event') await w.twin.knobs({ event_delay_ms: 3000 }); /* else the list proves it before anyone asks */
      w.proxy.arm({ what: 'delay_answer', ms: 600, path });
      const before = w.proxy.exchanges.length;
      await everyone(w);
      await w.until('it is under way', () => w.proxy.exchanges.slice(before).find((ex) => path.test(`${ex.method} ${ex.path}`)));
      diskFull(w);
      await w.until('writing failed', () => /lane\.failed|lanes\.failed/.test(w.pomona.program.text()), { within: 10_000 });
      diskFree(w);
    },
    async then(w) { assert.equal((await w.twin.counts()).creates_applied, w.names.length); },
  })),
  {
    id: 'F1 mail', name: 'the disk is full when a message was taken', needs: 'sqlite', within: 60_000,
    async tell(w) {
      await w.twin.smtp({ verb: 'dot', delay_ms: 800, count: 6 });
      await everyone(w);
      await w.until('a message is under way', async () => (await w.twin.get('/control/smtp')).dot.count < 6, { within: 20_000 });
      diskFull(w);
      await w.until('writing failed', () => /message\.trouble/.test(w.pomona.program.text()), { within: 10_000 });
      diskFree(w);
    },
  },
  {
    id: 'F1 ask', name: 'a request while the disk is full is refused, not promised', needs: 'sqlite',
    async tell(w) {
      diskFull(w);
      const { status, body } = await w.pomona.ask('POST', '/api/v1/vpp-users/invite', { location: w.location.id, selection: { ids: [...w.idOf.values()] } });
      assert.ok(status >= 500, `${status}`);
      assert.ok((body.detail ?? '').length > 20, JSON.stringify(body));
      diskFree(w);
      await everyone(w);
    },
    async then(w) { assert.equal((await w.twin.counts()).creates_applied, w.names.length); },
  },
  ...[1, 4, 9].map((n) => ({
    id: `F1 write ${n}`, name: `the disk is full from the ${n}. write on, and free again`, needs: 'sqlite', within: 60_000,
    tell: (w) => troubled(w, `write 28 ${n} ever`, /disk|full/i),
    then: createdOnce,
  })),
  ...[['write', 1, 'once'], ['write', 6, 'once'], ['write', 2, 'ever'], ['sync', 1, 'once'], ['sync', 2, 'ever']].map(([call, n, how]) => ({
    id: `F4 ${call} ${n} ${how}`, name: `the ${n}. ${call} fails (${how})`, needs: 'sqlite', within: 60_000,
    tell: (w) => troubled(w, `${call} 5 ${n} ${how}`, how === 'ever' ? /disk|storage/i : undefined),
    then: createdOnce,
  })),
  {
    id: 'F2 middle', name: 'the database becomes read-only', needs: 'sqlite', within: 60_000, says: /written|disk/i,
    async tell(w) {
      await troubled(w, 'write 30 1 ever', /written|disk/i);
    },
    then: createdOnce,
  },
  {
    id: 'F2 start', name: 'the database is read-only at the start', needs: 'sqlite',
    async tell(w) {
      const end = await refusedStart(w, 'open 30 1 ever');
      assert.ok(end.code > 0, 'it refuses to run');
      assert.match(end.words, /written|read and write/i);
      await everyone(w);
    },
    then: createdOnce,
  },
  {
    id: 'F9', name: 'the data folder is on a network', needs: 'sqlite',
    async tell(w) {
      const end = await refusedStart(w, 'network');
      assert.ok(end.code > 0, 'it refuses to run');
      assert.match(end.words, /network/i);
      await everyone(w);
    },
    then: createdOnce,
  },
  {
    id: 'F3', name: 'another program holds the database', within: 60_000, says: /another program|holds/i,
    async tell(w) {
      await everyone(w);
      const { ended } = await lockHeld(w, 16); /* who stands before us in the queue waits for it too */
      const { status, body } = await w.pomona.ask('POST', '/api/v1/vpp-users/delete', { location: w.location.id, selection: { ids: [w.idOf.get(w.names[5])] } });
      w.listener.hear('POST', body.detail);
      assert.equal(status, 503, JSON.stringify(body));
      await w.driver.act('delete', w.names.slice(0, 2));
      await ended;
    },
  },
  {
    id: 'F3s', name: 'another program holds the database for a second',
    async tell(w) {
      const { ended } = await lockHeld(w, 1);
      await everyone(w);
      await ended;
    },
    then: createdOnce,
  },
  ...['page', 'cut'].map((damage) => ({
    id: `F6 ${damage}`, name: `the database is damaged (${damage})`, needs: 'sqlite',
    async tell(w) {
      const { end } = await w.pomona.program.stop().then((e) => ({ end: e }));
      assert.equal(end.code, 0);
      const file = join(w.folder, 'data/pomona.db');
      execFileSync('cp', [file, `${file}.good`]);
      const size = statSync(file).size;
      if (damage === 'cut') truncateSync(file, size - (size % 4096) - 8192);
      else for (let at = 4096 * 2; at < size; at += 4096 * 3) writeSync(openSync(file, 'r+'), Buffer.alloc(512, 0xa5), 0, 512, at);
      w.spawn();
      const died = await Promise.race([w.pomona.program.ended, pause(8000)]);
      w.refusal = died && { ...died, words: w.pomona.program.text().trim().split('\n').slice(-3).join(' ') };
      if (!died) await w.kill();
      for (const name of readdirSync(join(w.folder, 'data'))) if (/-wal$|-shm$/.test(name)) execFileSync('rm', [join(w.folder, 'data', name)]);
      execFileSync('mv', [`${file}.good`, file]);
      assert.ok(existsSync(file));
      await w.start();
    },
    then(w) {
      assert.ok(w.refusal && w.refusal.code > 0, 'it refuses to run');
      assert.match(w.refusal.words, /damage|malformed|corrupt|restore/i);
    },
  })),
];
