// Bundles every tests/*.test.ts with the bundler of the product and runs it with Node's own test
// runner: no second toolchain for tests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

const out = '../build/web-test';

function testsBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return testsBelow(path);
    return /\.test\.tsx?$/.test(name) ? [path] : [];
  });
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await esbuild.build({
  entryPoints: testsBelow('tests'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node18',
  jsx: 'automatic',
  outdir: out,
  outExtension: { '.js': '.mjs' },
  sourcemap: 'inline',
  logLevel: 'warning',
});
const built = readdirSync(out, { recursive: true }).map(String).filter((name) => name.endsWith('.mjs'));
const run = spawnSync(
  process.execPath,
  ['--test', '--test-reporter=tap', '--enable-source-maps', ...built.map((name) => join(out, name))],
  { stdio: 'inherit' },
);
process.exit(run.status ?? 1);
