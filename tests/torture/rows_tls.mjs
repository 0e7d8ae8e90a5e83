// A5, A6 and A12: whom Pomona talks to, and how much it listens to.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const everyone = (w) => w.driver.act('invite', w.names);
const waits = (w) => w.until('the job says why it waits', async () => (await w.pomona.get(`/api/v1/jobs/${w.driver.promises[0].job}`)).wait.reason);
const mostMiB = 160;

async function createdOnce(w) {
  assert.equal((await w.twin.counts()).creates_applied, w.names.length, 'everyone is created once');
}

// The most memory that the process ever had.
function peakMiB(w) {
  return Number(readFileSync(`/proc/${w.pomona.program.child.pid}/status`, 'utf8').match(/^VmHWM:\s+(\d+) kB/m)[1]) / 1024;
}

export const tls = [
  ...[['expired', /certificate could not be checked.*expired/i], ['wrong_name', /certificate could not be checked.*(name|match)/i],
    ['self_signed', /certificate could not be checked.*(self|issuer)/i], ['old_tls', /no secure connection/i]].map(([kind, says]) => ({
    id: `A6 ${kind}`, name: `the certificate is ${kind.replace('_', ' ')}`, world: { tls: true }, within: 60_000, says,
    async tell(w) {
      w.proxy.present(kind);
      const before = w.proxy.exchanges.length;
      await everyone(w);
      await waits(w);
      assert.equal(w.proxy.exchanges.length, before, 'not a byte of a request left');
      w.proxy.present('good');
    },
    then: createdOnce,
  })),
  ...['endless', 'bomb'].flatMap((what) => [['write', /POST .*users\/create/], ['read', /GET .*(status|users)/]].map(([kind, path]) => ({
    id: `A12 ${what} ${kind}`, name: `the answer to a ${kind} is ${what === 'bomb' ? 'a gzip bomb' : 'endless'}`, within: 60_000, says: /larger than expected/i,
    async tell(w) {
      w.proxy.arm({ what, path });
      await everyone(w);
      await w.struck();
    },
    async then(w) {
      await createdOnce(w);
      assert.ok(peakMiB(w) < mostMiB, `${peakMiB(w).toFixed(0)} MiB at most`);
    },
  }))),
];
