// A PostgreSQL of its own in a folder of its own, as the stories use it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));

// {url, end()}. Each world begins with empty tables only if it is the first: one size a run.
export async function startPostgres() {
  const holder = spawn('python3', [file('../tests/store/on_database'), 'postgres', file('../tests/stories/lib/hold_database')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const url = (await createInterface({ input: holder.stdout })[Symbol.asyncIterator]().next()).value ?? '';
  if (!url.startsWith('postgres:')) throw new Error(url || 'PostgreSQL is not installed here');
  const ended = new Promise((done) => holder.once('close', done));
  return { url, end: () => { holder.stdin.end(); return ended; } };
}
