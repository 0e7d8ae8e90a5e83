// The rows of the fault matrix (reliability programme, part 6) that a commit has to pass. Each makes its fault while
// people are invited or deleted; then the fault ends, everything settles, and the oracle counts. A row says in
// addition what is special to it.
import assert from 'node:assert/strict';
import { Oracle } from './lib/oracle.mjs';
import { World } from './lib/world.mjs';
import { mailOf } from '../stories/lib/school.mjs';
import { arrivals } from './rows_arrivals.mjs';
import { meaning } from './rows_meaning.mjs';
import { storage } from './rows_storage.mjs';
import { time } from './rows_time.mjs';
import { tls } from './rows_tls.mjs';
import { token } from './rows_token.mjs';
import { transport } from './rows_transport.mjs';

export const rows = [...transport, ...tls, ...meaning, ...arrivals, ...token, ...time, ...storage];

const wordsOf = (error) => error instanceof assert.AssertionError ? error.message.split('\n')[0] : error.message;

// Whatever becomes of the row's own expectations, the oracle judges what is there in the end.
export async function runRow(row, { seed, database, plant } = {}) {
  const world = await World.make({ people: 6, ...row.world, seed, database, plant });
  const result = { row, world };
  try {
    await row.tell(world, { mailOf });
    await world.struck();
  } catch (error) {
    result.failure = wordsOf(error);
  }
  try {
    await world.settleDown(row.within ?? 45_000);
    if (!result.failure && row.says && !world.listener.said(row.says)) throw new Error(`nobody was told ${row.says}: ${world.listener.sentences.map((s) => s.sentence).join(' / ') || 'nothing'}`);
    result.oracle = await new Oracle(world).judge();
    if (!result.failure) await row.then?.(world, result.oracle);
  } catch (error) {
    result.failure = wordsOf(error);
  }
  result.faults = await world.end();
  result.isGood = !result.failure && !result.faults.length && result.oracle?.isClean === true;
  return result;
}
