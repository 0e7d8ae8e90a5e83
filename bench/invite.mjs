// W5: so many people of an imported list are invited, then deleted from VPP again; with and without kill -9.
import { createHash } from 'node:crypto';
import { crash, deathRow } from './crash.mjs';
import { count, difference, importIpads, importUsers, inWorld, operations, sum } from './people.mjs';
import { now } from './world.mjs';
import { waitFor } from '../tests/stories/lib/wait.mjs';

const PAGE = 549; // records on a page, as in Apple's example
const BATCH = 100; // Apple's maxUsers
const FAST = 2000; // requests a second: the twin does not slow anything
export const RUNS = {
  paced: { words: "at Apple's pace" },
  unnotified: { words: 'the same without notifications', args: ['--public-url', 'http://nobody.example'] },
  killed: { words: 'the same with 3 kill -9 in each job', kills: 3 },
  unthrottled: { words: 'unthrottled', rate: FAST, delayMs: 0, eventMs: 50 },
};

// So long Apple's own pace makes it last: creates, and the pages that hold the invitation codes.
const inviteFloor = (people, rate) => {
  const creates = Math.ceil(people / BATCH), pages = Math.ceil(people / PAGE);
  return { requests: creates + pages, ms: (creates + pages) / rate * 1000 };
};
const retireFloor = (people, rate) => ({ requests: Math.ceil(people / BATCH), ms: Math.ceil(people / BATCH) / rate * 1000 });

// Every item of a list of the twin's, page by page.
async function each(twin, path, visit) {
  const mark = path.includes('?') ? '&' : '?';
  for (let after = 0; ;) {
    const page = await twin.get(`${path}${mark}limit=2000&after=${after}`);
    page.items.forEach(visit);
    if (page.items.length < 2000) return;
    after = page.next;
  }
}

// A live record of a person, by our state and in Apple's word.
export const SHOWN = { registered: 'Registered', invited: 'Registered', associated: 'Associated' };

const digest = (lines) => createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 16);

// What the twin has and what our API shows, as one hash each; a run whose hashes differ is not a figure.
export async function compare({ twin, pomona }, wanted, states) {
  const there = [], here = [];
  await each(twin, '/control/locations/first/users', (u) => {
    if (u.status !== 'Retired') there.push(`${u.client_user_id} ${u.email ?? ''} ${u.status}`);
  });
  for (let after = ''; after !== null;) {
    const page = await pomona.get(`/api/v1/people?limit=200${after && `&after=${encodeURIComponent(after)}`}`);
    for (const { email, vpp } of page.items)
      if (vpp && states[vpp.state]) here.push(`${vpp.client_user_id} ${email ?? ''} ${states[vpp.state]}`);
    after = page.next;
  }
  const found = { there: digest(there), here: digest(here) };
  if (there.length !== wanted || found.there !== found.here)
    throw new Error(`Apple's side has ${there.length} (${found.there}), ours ${here.length} (${found.here}); ${wanted} were wanted`);
  return found.there;
}

// Nobody twice, everybody once, each with the code of the own record. A message that was on its way at a kill is
// repeated under its own Message-ID: those copies are counted, others are a fault.
async function checkMail({ twin }, people) {
  const codes = new Map(), sent = new Map();
  let copies = 0;
  await each(twin, '/control/locations/first/users', (u) => codes.set(u.email, u.invite_code));
  await each(twin, '/control/mail', (mail) => {
    const known = sent.get(mail.to);
    if (known === mail.message_id) copies++;
    else if (known) throw new Error(`W5: ${mail.to} was messaged twice`);
    if (!mail.links.some((link) => link.includes(codes.get(mail.to)))) throw new Error(`W5: ${mail.to} got a link with another code`);
    sent.set(mail.to, mail.message_id);
  });
  if (sent.size !== people) throw new Error(`W5: ${sent.size} of ${people} got a message`);
  return copies;
}

async function checkCreates({ twin }, people) {
  const counts = await twin.counts();
  if (counts.creates_applied !== people || counts.emails !== people || counts.created_again.length)
    throw new Error(`W5: ${people} people, ${counts.creates_applied} creates applied to ${counts.emails} addresses, `
      + `again: ${JSON.stringify(counts.created_again.slice(0, 5))}`);
}

async function follow({ pomona, twin }, verb, body, { kills = 0, within }) {
  const before = await operations(twin), started = now();
  let cpu = -pomona.cpu();
  const asked = await pomona.act(verb, body);
  const answered = now() - started;
  const deaths = [];
  for (let i = 0; i < kills; i++) {
    // At a moment of its own in each third of the work, by what Apple has seen of it.
    const part = (i + 0.2 + 0.6 * Math.random()) / kills;
    await waitFor(`${(part * 100).toFixed(0)} % are done`, async () => {
      const job = await pomona.get(`/api/v1/jobs/${asked.job.id}`);
      return (job.job ?? job).done >= part * body.selection.expected || sum(difference(await operations(twin), before)) >= part * 1.1 * body.selection.expected / BATCH;
    }, { within, every: 20 });
    cpu += pomona.cpu();
    deaths.push(await crash(pomona));
    cpu -= pomona.cpu();
  }
  const job = await pomona.job(asked, { within });
  if (job.state !== 'done' || job.done !== body.selection.expected || job.failed)
    throw new Error(`W5: ${verb} ended ${job.state}: ${job.done} done, ${job.failed} failed of ${job.total}; ${job.failure ?? ''}`);
  const requests = difference(await operations(twin), before);
  return { ms: now() - started, answered, cpu: cpu + pomona.cpu(), requests, total: sum(requests), memory: pomona.memory(), deaths };
}

// rate: requests a second that the twin allows and tells; delayMs: its answers take so long.
export async function invites(w, { people, rate, delayMs = 0, eventMs = 1000, kills = 0 }) {
  const { twin, pomona } = w;
  await twin.knobs({
    page_size: PAGE, limits: { maxRequestPerSecond: rate, maxUsers: BATCH },
    event_delay_ms: eventMs, event_spread_ms: 2 * eventMs,
  });
  const { token_file: token } = await twin.get('/control/locations/first');
  const { id: location } = await pomona.addLocation(token);
  await pomona.patch(`/api/v1/locations/${location}`, { message_channel: 'email' });
  await importUsers(pomona, people);
  await importIpads(pomona, people);
  if (delayMs) await twin.fault({ kind: 'delay', delay_ms: delayMs, count: -1 });
  const within = 3_600_000;
  const body = { location, selection: { filter: { eligible: true }, exclude: [], expected: people } };
  const invite = await follow(w, 'invite', body, { kills, within });
  await twin.calm();
  await checkCreates(w, people);
  invite.copies = await checkMail(w, people);
  invite.digest = await compare(w, people, SHOWN);
  if (delayMs) await twin.fault({ kind: 'delay', delay_ms: delayMs, count: -1 });
  const retire = await follow(w, 'delete', body, { kills, within });
  await twin.calm();
  const counts = await twin.counts();
  if (counts.retired !== people || counts.registered) throw new Error(`W5: ${counts.retired} of ${people} are retired`);
  retire.digest = await compare(w, 0, SHOWN);
  return { people, rate, invite, retire };
}

const listed = (counts) => Object.entries(counts).map(([key, n]) => `${key} ${n}`).join(', ');

export async function measureInvites({ say, table, fixed, ...report }, sizes, { runs, rate, delayMs }) {
  const rows = [], deaths = [];
  for (const people of sizes) for (const run of runs) {
    const how = { rate, delayMs, ...RUNS[run] };
    const one = await inWorld(report, `invite-${people}-${run}`, (w) => invites(w, { people, ...how }), { pomona: { args: how.args ?? [] } });
    for (const [verb, floor] of [['invite', inviteFloor(people, how.rate)], ['retire', retireFloor(people, how.rate)]]) {
      const r = one[verb];
      deaths.push(...r.deaths);
      rows.push([count(people), `${verb}, ${how.words}`, fixed(r.ms / 1000), fixed(floor.ms / 1000), run === 'unthrottled' ? '' : (r.ms / floor.ms).toFixed(2), r.total, floor.requests,
        fixed(r.cpu / 1000), (r.cpu / people).toFixed(2), fixed(r.memory.peak), r.copies ?? '', listed(r.requests)]);
    }
  }
  say(`W5: people of an imported list are invited by e-mail, then deleted from VPP; ${rate} requests a second, answers after ${delayMs} ms, events after 1 to 3 s, pages of ${PAGE}. `
    + 'Counted at the twin: everybody created once, everybody one message with the own code; what the twin has is what the API shows. '
    + 'Copies: messages that were on their way at a kill and came again under their Message-ID.');
  say();
  table(['people', 'job', 'seconds', 'floor', 'ratio', 'requests', 'floor', 'CPU s', 'CPU ms a person', 'peak MiB', 'copies', 'by operation'], rows);
  if (!deaths.length) return;
  say('W9: the kills of those jobs');
  say();
  table(['kills', 'ms to the first page, median', 'worst', 'largest WAL MiB'], [deathRow(deaths)]);
}
