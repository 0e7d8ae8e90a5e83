// A small piece of tests/torture: some rows of the fault matrix, some random kills, and two planted bugs that
// must be found. The whole is script/torture.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killWorld } from '../torture/kills.mjs';
import { words } from '../torture/lib/oracle.mjs';
import { planted } from '../torture/planted.mjs';
import { rows, runRow } from '../torture/rows.mjs';

const zeros = { lost: 0, twice: 0, wrong: 0, quiet: 0, early: 0, afterStop: 0 };
const rowOf = (id) => rows.find((row) => row.id === id);

for (const id of ['A1', 'A7k', 'B4', 'F1 call', 'F1 mail', 'D4']) {
  test(`six zeros: ${rowOf(id).name} (${id})`, { timeout: 150_000 }, async () => {
    const { oracle, failure, faults, world } = await runRow(rowOf(id), { seed: 3 });
    assert.equal(failure, undefined, world.folder);
    assert.deepEqual(oracle.numbers, zeros, `${words(oracle)} ${world.folder}`);
    assert.deepEqual(faults, [], world.folder);
    world.forget();
  });
}

test('six zeros after 15 kills', { timeout: 200_000 }, async () => {
  const { oracle, kills, faults, world } = await killWorld({ seed: 4, kills: 15 });
  assert.equal(kills, 15);
  assert.deepEqual(oracle.numbers, zeros, `${words(oracle)} ${world.folder}`);
  assert.deepEqual(faults, [], world.folder);
  world.forget();
});

for (const name of ['call_then_record', 'ignore_owner']) {
  const bug = planted.find((one) => one.name === name);
  test(`a planted bug is found: ${bug.what}`, { timeout: 150_000 }, async () => {
    const { oracle, world } = await runRow(rowOf(bug.rows[0]), { seed: 3, plant: name });
    assert.ok(oracle && !oracle.isClean, 'the oracle saw nothing');
    world.forget();
  });
}
