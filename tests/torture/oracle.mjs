// The oracle: joins what was promised (the items of every job), what the twin applied, and what the API shows. It knows
// nothing of Pomona's tables. Six numbers, all of which are to be 0.

const live = ['registered', 'invited', 'associated'];
const SLACK_MS = 250; // a call that was on its way when the wait was asked for

const tally = (list, key) => list.reduce((map, x) => map.set(key(x), (map.get(key(x)) ?? 0) + 1), new Map());

// A person is created once, and once more after each time that they were retired; nobody is retired twice in one life; no
// item sends two different messages (a repeat of one message carries its Message-ID).
function twiceOf({ applied, mail, items, people }) {
  const faults = [];
  const good = applied.filter((a) => a.error_number === 0);
  const retired = tally(good.filter((a) => a.kind === 'RETIRE'), (a) => a.email);
  for (const [email, n] of tally(good.filter((a) => a.kind === 'CREATE'), (a) => a.email)) {
    if (n > 1 + (retired.get(email) ?? 0)) faults.push(`${email} was created ${n} times and retired ${retired.get(email) ?? 0} times`);
  }
  for (const [id, n] of tally(good.filter((a) => a.kind === 'RETIRE'), (a) => a.client_user_id)) if (n > 1) faults.push(`${id} was retired ${n} times`);
  const wanted = tally(items.filter((i) => i.kind === 'message'), (i) => i.person?.id);
  for (const p of people) {
    const ids = new Set(mail.filter((m) => m.to === p.email).map((m) => m.message_id));
    if (ids.size > (wanted.get(p.id) ?? 0)) faults.push(`${p.user_name} got ${ids.size} messages for ${wanted.get(p.id) ?? 0} items`);
  }
  return faults;
}

function wrongOf({ people, users }) {
  const faults = [];
  const byId = new Map(users.map((u) => [u.client_user_id, u]));
  for (const p of people) {
    const u = byId.get(p.vpp.client_user_id);
    const there = u && u.status !== 'Retired' ? u.status : 'none';
    const here = p.vpp.state === 'associated' ? 'Associated' : live.includes(p.vpp.state) ? 'Registered' : 'none';
    if (there !== here) faults.push(`${p.user_name} shows ${p.vpp.state}, the twin has ${u?.status ?? 'nobody'}`);
  }
  return faults;
}

// What is said to be done was done: an ended job has no open item, and who was invited was created at the twin.
function lostOf({ items, applied, people }) {
  const faults = [];
  const byPerson = new Map(people.map((p) => [p.id, p]));
  const created = new Set(applied.filter((a) => a.kind === 'CREATE').map((a) => a.email));
  for (const item of items) {
    if (['planned', 'intended', 'accepted', 'unknown', 'held'].includes(item.state)) faults.push(`item ${item.id} (${item.kind}) of an ended job is still ${item.state}`);
    const p = byPerson.get(item.person?.id);
    if (item.state === 'done' && item.kind === 'message' && p && !created.has(p.email)) faults.push(`${p.user_name} was invited, and the twin never had the user`);
  }
  return faults;
}

const quietOf = ({ items, jobs }) => [
  ...items.filter((i) => ['failed', 'held', 'skipped'].includes(i.state) && !(i.reason?.length > 10)).map((i) => `item ${i.id} is ${i.state} without a reason`),
  ...jobs.filter((j) => j.state === 'failed' && !j.failure && !j.failed).map((j) => `job ${j.id} failed without a reason`),
];

function earlyOf({ calls }) {
  const faults = [];
  const until = new Map();
  for (const c of calls) {
    const wait = until.get(c.location);
    if (wait && c.at_ms < wait.until && c.at_ms > wait.since + SLACK_MS) faults.push(`call ${c.number} came ${wait.until - c.at_ms} ms too early`);
    if (c.location && c.retry_after) until.set(c.location, { since: c.at_ms, until: c.at_ms + Number(c.retry_after) * 1000 - 20 });
  }
  return faults;
}

function afterStopOf({ calls, foreignSince }) {
  if (!foreignSince) return [];
  const seen = calls.find((c) => c.number > foreignSince && c.status === 200 && c.location);
  return calls.filter((c) => seen && c.number > seen.number && c.method === 'POST').map((c) => `call ${c.number} ${c.operation} after another MDM took the location`);
}

// {lost: […], twice: […], wrong: […], quiet: […], early: […], afterStop: […]}: sentences.
export function judge(world) {
  return { lost: lostOf(world), twice: twiceOf(world), wrong: wrongOf(world), quiet: quietOf(world), early: earlyOf(world), afterStop: afterStopOf(world) };
}

export async function look({ twin, pomona, foreignSince }) {
  const { items: jobs } = await pomona.get('/api/v1/jobs?limit=200');
  const items = [];
  for (const job of jobs) if (job.kind !== 'import') items.push(...(await pomona.items(job)).map((i) => ({ ...i, job: job.kind })));
  return {
    jobs, items, foreignSince, people: await pomona.people(), users: (await twin.users()).filter(Boolean),
    counts: await twin.counts(), applied: (await twin.get('/control/applied?limit=100000')).items,
    calls: await twin.calls(), mail: await twin.mail(),
  };
}
