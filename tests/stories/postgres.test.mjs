// The main story on PostgreSQL, which is started in a folder of its own.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { mainStory } from './lib/main_story.mjs';
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
  story('the main story on PostgreSQL', { pomona: { database: first } }, mainStory);
} else {
  test('the main story on PostgreSQL', { skip: first || 'PostgreSQL is not installed here' }, () => {});
}
