// A real program on free ports in a folder of the story's own, and what it said.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from './wait.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const program = (name) => join(process.env.POMONA_BUILD ?? join(root, 'build/test'), name);

export class Program {
  constructor(name, args, { folder, env = {}, log = name }) {
    this.name = name;
    this.log = join(folder, `${log}.log`);
    this.portFile = join(folder, `${log}.port`);
    rmSync(this.portFile, { force: true });
    const out = createWriteStream(this.log, { flags: 'a' });
    this.child = spawn(program(name), [...args, '--port-file', this.portFile], {
      env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout.pipe(out, { end: false });
    this.child.stderr.pipe(out, { end: false });
    this.ended = new Promise((done) => this.child.once('close', (code, signal) => {
      this.end = { code, signal };
      out.end(() => done(this.end));
    }));
    this.child.once('error', (error) => { this.end = { error }; });
  }

  // The port file: "name=4711" lines, or a number alone under the name "".
  async ports() {
    await waitFor(`${this.name} listens`, () => {
      if (this.end) throw new Error(`${this.name} ended: ${JSON.stringify(this.end)}\n${this.text().slice(-2000)}`);
      return existsSync(this.portFile) && readFileSync(this.portFile, 'utf8').trim();
    });
    return Object.fromEntries(readFileSync(this.portFile, 'utf8').trim().split('\n')
      .map((line) => (line.includes('=') ? line.split('=') : ['', line]))
      .map(([key, value]) => [key, Number(value)]));
  }

  text() {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8') : '';
  }

  async stop(signal = 'SIGTERM') {
    if (!this.end) this.child.kill(signal);
    const late = setTimeout(() => this.child.kill('SIGABRT'), 20_000);
    const end = await this.ended;
    clearTimeout(late);
    return end;
  }
}

// Lines that nobody should see: warnings and errors of ours that no pattern allows, and anything a
// sanitizer says.
export function badLines(text, allowed) {
  return text.split('\n').filter((line) => {
    if (/ERROR: (Address|Leak|Undefined|Thread)Sanitizer|runtime error:|SUMMARY: \w+Sanitizer/.test(line)) return true;
    return /^\S+Z (warning|error) /.test(line) && !allowed.some((pattern) => pattern.test(line));
  });
}
