// A disk that fails on demand (disk.c), and locks that another program holds.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

let library;

function built() {
  if (!library) {
    library = join(mkdtempSync(join(tmpdir(), 'pomona-disk-')), 'disk.so');
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, fileURLToPath(new URL('disk.c', import.meta.url)), '-ldl']);
    process.once('exit', () => execFileSync('rm', ['-rf', join(library, '..')]));
  }
  return library;
}

// From the next start on, the world's Pomona has such a disk.
export function failingDisk(w) {
  w.diskFile = join(w.folder, 'disk');
  writeFileSync(w.diskFile, '');
  Object.assign(w.pomona.env, { LD_PRELOAD: built(), TORTURE_DISK: w.diskFile });
}

// "write 28 1 ever", "sync 5 2 once", "open 30 1 ever", "network"; '': all is well again.
export function disk(w, order) { writeFileSync(w.diskFile, order); }

const holdSqlite = (w, seconds) => ['python3', ['-c', `import sqlite3,time,sys
c=sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
c.execute("begin immediate"); print("held", flush=True); time.sleep(${seconds}); c.execute("rollback")`, join(w.folder, 'data/pomona.db')]];

const holdPostgres = (w, seconds) => ['psql', ['-qAt', '-d', w.database, '-c', 'begin', '-c', 'lock table job, item, vpp_user, inbox in exclusive mode', '-c', "select 'held'",
  '-c', `select pg_sleep(${seconds})`, '-c', 'rollback']];

// Another program holds the database for that long; gives a promise of its end.
export function lockHeld(w, seconds) {
  const [program, args] = w.database ? holdPostgres(w, seconds) : holdSqlite(w, seconds);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.once('close', done));
  return new Promise((done) => child.stdout.once('data', () => done({ ended })));
}
