// The main story on PostgreSQL, which is started in a folder of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { mainStory } from './lib/main_story.mjs';
import { Program } from './lib/process.mjs';
import { story } from './lib/story.mjs';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const holder = spawn('python3', [file('../store/on_database'), 'postgres', file('lib/hold_database')], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: holder.stdout })[Symbol.asyncIterator]();
const first = (await lines.next()).value ?? '';
const ended = new Promise((done) => holder.once('close', done));

after(async () => {
  holder.stdin.end();
  await ended;
});

if (first.startsWith('postgres:')) {
  story('the main story on PostgreSQL, beside which no other server works', { pomona: { database: first }, timeout: 180_000 }, async (w) => {
    const { pomona, folder, expectLog } = w;
    await mainStory(w);
    // A folder of its own does not help: the database is the same.
    const second = new Program('pomona', ['serve', '--data', `${folder}/other`, '--database', first, '--listen', '127.0.0.1:0', '--apple-url', pomona.twin.appleUrl],
      { folder, log: 'second' });
    assert.equal((await second.ended).code, 1);
    assert.match(second.text(), /Another Pomona works with this database.*--database/s);
    // A killed one holds nothing.
    expectLog(/lane/);
    await pomona.kill();
    await pomona.start();
    assert.equal((await pomona.get('/api/v1/locations')).items.length, 1);
  });
} else {
  test('the main story on PostgreSQL', { skip: first || 'PostgreSQL is not installed here' }, () => {});
}
