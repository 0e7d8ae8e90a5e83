// F: the disk and the database file. SQLite only.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, openSync, readdirSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../stories/lib/wait.mjs';

const everyone = (w) => w.driver.act('invite', w.names);
const sizeLimit = (w, bytes) => execFileSync('prlimit', ['--pid', String(w.pomona.program.child.pid), `--fsize=${bytes}:unlimited`]);

// No file of Pomona's may grow: as a disk that is full.
const diskFull = (w) => sizeLimit(w, 1);
const diskFree = (w) => sizeLimit(w, 'unlimited');

// Another program that holds the write lock for that long.
function lockHeld(w, seconds) {
  const code = `import sqlite3,time,sys
c=sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
c.execute("begin immediate"); print("held", flush=True); time.sleep(${seconds}); c.execute("rollback")`;
  const child = spawn('python3', ['-c', code, join(w.folder, 'data/pomona.db')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.once('close', done));
  return new Promise((done) => child.stdout.once('data', () => done(ended)));
}

export const storage = [
  ...[['call', /POST .*users\/create/], ['event', /GET .*status/], ['list', /GET .*users\?/]].map(([what, path]) => ({
    id: `F1 ${what}`, name: `the disk is full when the answer of a ${what} comes`, needs: 'sqlite', within: 60_000,
    async tell(w) {
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
  {
    id: 'F3', name: 'another program holds the write lock', needs: 'sqlite', within: 60_000,
    async tell(w) {
      await everyone(w);
      const free = await lockHeld(w, 7);
      await w.driver.act('delete', w.names.slice(0, 2));
      await free;
    },
  },
  {
    id: 'F3s', name: 'another program holds the write lock for a second', needs: 'sqlite',
    async tell(w) {
      const free = await lockHeld(w, 1);
      await everyone(w);
      await free;
    },
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
