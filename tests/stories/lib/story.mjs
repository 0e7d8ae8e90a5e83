// One story: a twin and a Pomona of its own in a scratch folder, started and ended around it.
//
// What fails a story besides its own assertions: an answer that does not fit api/openapi.yaml, a
// warning or error in a log that the story did not announce with `expectLog`, anything a sanitizer
// says, and a program that does not end well.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Pomona } from './pomona.mjs';
import { badLines } from './process.mjs';
import { Twin } from './twin.mjs';

async function end(programs, allowed) {
  const faults = [];
  for (const [name, program, mayBeKilled] of programs) {
    if (!program) continue;
    const { code, signal } = await program.stop();
    if (code !== 0 && !(mayBeKilled && signal === 'SIGKILL')) faults.push(`${name} ended with ${code ?? signal}`);
    faults.push(...badLines(program.text(), allowed).slice(0, 10).map((line) => `${name}: ${line}`));
  }
  return faults;
}

// tell(w): w has twin, pomona, folder, expectLog(pattern).
export function story(name, options, tell) {
  if (!tell) [options, tell] = [{}, options];
  test(name, { timeout: options.timeout ?? 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pomona-story-'));
    const allowed = [];
    const w = { folder, expectLog: (pattern) => allowed.push(pattern) };
    let failure;
    try {
      w.twin = await Twin.start(folder, options.twin);
      w.pomona = new Pomona(folder, w.twin, options.pomona);
      await w.pomona.start();
      await tell(w);
    } catch (error) {
      failure = error;
    }
    const faults = await end([['pomona', w.pomona?.program], ['apple-twin', w.twin?.program]], allowed);
    faults.push(...new Set(w.pomona?.faults ?? []));
    const kept = failure || faults.length;
    if (!kept) rmSync(folder, { recursive: true });
    const where = `(logs are in ${folder})`;
    if (failure) {
      failure.message += `\n${faults.join('\n')}\n${where}`;
      throw failure;
    }
    assert.deepEqual(faults, [], where);
  });
}
