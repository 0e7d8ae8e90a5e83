// A twin and a Pomona (release build) in a folder, for measuring; and people to fill them with.
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../', import.meta.url));
process.env.POMONA_BUILD ??= join(root, 'build/release');
// The loads here are one caller's.
process.env.POMONA_REQUESTS_PER_MINUTE ??= '0';
const { Pomona } = await import('../tests/stories/lib/pomona.mjs');
const { Twin } = await import('../tests/stories/lib/twin.mjs');

const PART_BYTES = 60 << 20; // of the 64 MiB that an import may hold

export const now = () => Number(process.hrtime.bigint()) / 1e6;

// The story's Pomona without the comparison of every answer with the document.
export class Server extends Pomona {
  async ask(method, path, body, { type = 'application/json', headers = {} } = {}) {
    const raw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await fetch(this.url + path, {
      method, body: raw,
      headers: { authorization: `Bearer ${this.token}`, ...(raw === undefined ? {} : { 'content-type': type }), ...headers },
    });
    const text = await answer.text();
    const is_json = /json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, body: is_json ? JSON.parse(text) : text, headers: answer.headers };
  }

  // What the kernel says of the process, in MiB; anonymous is what no file stands behind.
  memory() {
    const status = readFileSync(`/proc/${this.program.child.pid}/status`, 'utf8');
    const mib = (key) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)[1]) / 1024;
    return { peak: mib('VmHWM'), resident: mib('VmRSS'), anonymous: mib('RssAnon') };
  }

  // Milliseconds of CPU since the start.
  cpu() {
    const stat = readFileSync(`/proc/${this.program.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(stat[11]) + Number(stat[12])) * 10;
  }

  get file() { return join(this.data, 'pomona.db'); }
}

export async function world(folder, { twin = {}, pomona = {} } = {}) {
  mkdirSync(folder, { recursive: true });
  const w = { folder };
  w.twin = await Twin.start(folder, twin);
  w.pomona = new Server(folder, w.twin, { settle: 5, ...pomona });
  await w.pomona.start();
  w.end = async () => { await w.pomona.program.stop(); await w.twin.program.stop(); };
  return w;
}

// people.csv and devices.csv of so many people; made once, then kept.
export function peopleFiles(folder, people) {
  const out = join(folder, `people-${people}`);
  try {
    statSync(join(out, 'devices.csv'));
  } catch {
    const made = spawnSync(join(root, 'tools/make-people'), [out, '--people', String(people), '--devices', String(people)]);
    if (made.status !== 0) throw new Error(made.stderr.toString());
  }
  return { people: join(out, 'people.csv'), devices: join(out, 'devices.csv') };
}

// The file in parts that an import takes, each with the header.
async function* parts(path) {
  let header, lines = [], bytes = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    header ??= line;
    if (!lines.length) lines.push(header);
    if (line === header) continue;
    lines.push(line);
    bytes += line.length * 1.2;
    if (bytes > PART_BYTES) {
      yield lines.join('\n');
      lines = [];
      bytes = 0;
    }
  }
  if (lines.length > 1) yield lines.join('\n');
}

// Through the door that an admin uses.
export async function importFile(pomona, kind, path) {
  for await (const part of parts(path)) {
    const made = await pomona.post(`/api/v1/imports?kind=${kind}`, part, { type: 'text/csv' });
    await pomona.job(await pomona.post(`/api/v1/imports/${made.id}/apply`), { within: 3_600_000 });
  }
}
