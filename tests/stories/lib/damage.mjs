// What somebody with access to the database would do to it behind the server's back.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const WRITE = 'import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], timeout=20)\ndb.execute(sys.argv[2])\ndb.commit()\ndb.close()';

export async function damage(pomona, sql) {
  await run('python3', ['-c', WRITE, `${pomona.data}/pomona.db`, sql]);
}
