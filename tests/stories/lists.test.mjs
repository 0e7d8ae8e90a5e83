// Lists of Apple's that are not what they seem: pages that are not those that were asked for, lists that are too short, and
// records that are gone without a word.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosen, mailOf, names, school } from './lib/school.mjs';
import { Lens } from './lib/lens.mjs';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const clock = join(tmpdir(), `pomona-lists-clock-${process.pid}`);
writeFileSync(clock, '0');
const HOUR = 3_600_000;
const people = names(12);

// Pomona sees Apple through a lens; `lens.change` may be set at any time.
async function through({ twin, pomona }, tell) {
  const lens = await new Lens(twin, (call, json) => lens.show?.(call, json)).listen();
  await pomona.program.stop();
  const appleUrl = twin.appleUrl;
  twin.appleUrl = lens.appleUrl;
  try {
    await pomona.start();
    await tell(lens);
  } finally {
    twin.appleUrl = appleUrl;
    await pomona.program.stop();
    await lens.close();
    await pomona.start();
  }
}

async function invited({ twin, pomona }) {
  const location = await school({ twin, pomona }, people);
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, people) });
  return location;
}

const missing = async (pomona) => (await pomona.get('/api/v1/findings?state=open')).items.filter((f) => f.kind === 'missing');
const isList = (call, path) => call.path === path && !call.query.get('sinceVersionId') && !call.query.get('clientUserId');

story('a page that is not the one that was asked for takes nobody away', { timeout: 120_000 }, async (w) => {
  const { twin, pomona } = w;
  w.expectLog(/apple|lane|sync/i);
  const location = await invited(w);
  await twin.knobs({ page_size: 4 });
  const kinds = {
    'the first page twice': (call, json, first) => ({ ...first, nextPageIndex: json.nextPageIndex }),
    'a page is left out': (call, json) => ({ ...json, nextPageIndex: undefined }),
  };
  await through(w, async (lens) => {
    for (const [name, show] of Object.entries(kinds)) {
      let first;
      lens.show = (call, json) => {
        if (!isList(call, '/users') || !json.users.length) return json;
        if (json.currentPageIndex === 0) first = json;
        return json.currentPageIndex === 1 ? show(call, json, first) : json;
      };
      // Apple's versions end with the twin's memory of them: the whole list is read.
      await twin.knobs({ forget_versions: 1 });
      const job = await pomona.does('sync', { location: location.id });
      await twin.knobs({ forget_versions: 0 });
      assert.deepEqual([job.state, job.total], ['done', 0], `${name}: ${JSON.stringify(job)}`);
      assert.deepEqual(await missing(pomona), [], name);
    }
  });
});

story('licences are not forgotten because Apple shows none once', { timeout: 120_000 }, async (w) => {
  const { twin, pomona } = w;
  const location = await invited(w);
  w.expectLog(/apple|lane|sync|assets/i);
  const at = `/api/v1/locations/${location.id}`;
  const [asset] = await twin.assets();
  await twin.accept({ count: people.length });
  for (const name of people) await twin.post('/control/locations/first/assign', { adam_id: asset.adam_id, email: mailOf(name) });
  await pomona.does('sync', { location: location.id });
  const owned = async () => (await pomona.get(`${at}/assets`)).items.length;
  const held = async () => (await pomona.get(`${at}/assignments?limit=200`)).items.length;
  const before = await owned();
  assert.deepEqual([before > 5, await held()], [true, people.length]);
  await through(w, async (lens) => {
    const emptied = new Set();
    lens.show = (call, json) => {
      const key = call.path.slice(1);
      if (!['assets', 'assignments'].includes(key) || !isList(call, call.path) || emptied.has(key)) return json;
      emptied.add(key);
      return { ...json, [key]: [] };
    };
    await twin.post('/control/locations/first/assign', { adam_id: asset.adam_id, email: mailOf(people[0]), take: true });
    await pomona.does('sync', { location: location.id });
    assert.deepEqual([...emptied].sort(), ['assets', 'assignments']);
    assert.deepEqual([await owned(), await held()], [before, people.length - 1]);
  });
});

story('a record that is gone without a word is found within a day', { pomona: { env: { POMONA_CLOCK_OFFSET_FILE: clock } }, timeout: 120_000 }, async (w) => {
  const { twin, pomona } = w;
  w.expectLog(/apple|lane|sync/i);
  const location = await invited(w);
  await pomona.does('sync', { location: location.id });
  await through(w, async (lens) => {
    lens.show = (call, json) => (call.path === '/users' ? { ...json, users: json.users.filter((u) => u.email !== mailOf(people[3])) } : json);
    await pomona.does('sync', { location: location.id });
    assert.deepEqual(await missing(pomona), [], 'a list of changes proves nobody’s absence');
    writeFileSync(clock, String(25 * HOUR));
    await pomona.does('sync', { location: location.id });
    const [finding] = await waitFor('it is found', async () => (await missing(pomona)).length && missing(pomona));
    assert.equal(finding.person.display_name, `${people[3]} Apple`);
    assert.equal(finding.repair, 'invite');
    const { first_seen_at: first } = finding;
    writeFileSync(clock, String(51 * HOUR));
    await pomona.does('sync', { location: location.id });
    assert.equal((await missing(pomona))[0].first_seen_at, first);
    lens.show = undefined;
    writeFileSync(clock, String(77 * HOUR));
    await pomona.does('sync', { location: location.id });
    assert.deepEqual(await missing(pomona), [], 'it is back');
  });
});
