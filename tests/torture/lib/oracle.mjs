// The oracle: joins what callers were promised, what the twin did, what went over the wire, and what the API shows.
// It knows nothing of Pomona's tables. Each finding is one of six counts (reliability programme, part 3):
//   lost       accepted, and at the end neither done nor shown as failed
//   twice      an effect more than once, or asked for again before anyone looked
//   wrong      an effect nobody asked for, or an API that shows something else than is so
//   quiet      a failure without a reason, or one that is shown as done
//   early      a request before a Retry-After time
//   afterStop  a write after an answer that showed a foreign owner
import { isWrite } from './proxy.mjs';

const counts = ['lost', 'twice', 'wrong', 'quiet', 'early', 'afterStop'];
const benign = [9603, 9609, 9618, 9716]; // tried again, or so already
const nameOf = (email) => email?.match(/^(u\d+)/)?.[1];
const active = (u) => ['Registered', 'Associated'].includes(u.status);

export class Oracle {
  constructor(world) {
    this.world = world;
    this.findings = Object.fromEntries(counts.map((name) => [name, []]));
  }

  find(count, words) { this.findings[count].push(words); }
  get numbers() { return Object.fromEntries(counts.map((name) => [name, this.findings[name].length])); }
  get isClean() { return counts.every((name) => !this.findings[name].length); }

  async judge() {
    await this.read();
    return this.judgeAll();
  }

  judgeAll() {
    this.judgePromises();
    this.judgeEffects();
    this.judgePeople();
    this.judgeMail();
    this.judgeRefusals();
    this.judgeWire();
    return this;
  }

  async read() {
    const { twin, pomona, driver } = this.world;
    this.applied = (await twin.get('/control/applied?limit=100000')).items;
    this.users = await twin.users();
    this.mail = await twin.mail();
    this.people = await pomona.people();
    this.jobs = [];
    for (const promise of driver.promises) {
      const { status, body } = await pomona.ask('GET', `/api/v1/jobs/${promise.job}`);
      const job = status === 200 ? body.job ?? body : undefined;
      this.jobs.push({ promise, job, items: job ? await pomona.items(job) : [] });
    }
  }

  judgePromises() {
    const seen = new Map();
    for (const { promise, job, items } of this.jobs) {
      const what = `${promise.verb} (job ${promise.job})`;
      if (!job) this.find('lost', `${what} is not known any more`);
      else if (!['done', 'failed', 'cancelled'].includes(job.state)) this.find('lost', `${what} is ${job.state}: ${job.step ?? ''} ${job.wait.reason ?? ''}`);
      if (job?.state === 'failed' && !job.failure) this.find('quiet', `${what} failed without words`);
      if (seen.has(promise.job) && promise.verb !== 'sync') this.find('lost', `${what} and another wish got one job`);
      seen.set(promise.job, promise);
      this.judgeItems(promise, job, items, what);
    }
  }

  judgeItems(promise, job, items, what) {
    for (const name of promise.names ?? []) {
      const item = items.find((i) => this.world.nameOf.get(i.person?.id) === name);
      if (!item) { this.find('lost', `${what}: nothing was kept of ${name}`); continue; }
      if (!['done', 'failed', 'skipped', 'cancelled', 'not_needed'].includes(item.state)) {
        this.find('lost', `${what}: ${name} is ${item.state} (${item.kind}, ${item.reason ?? item.detail})`);
      }
      if (['failed', 'cancelled', 'skipped', 'not_needed'].includes(item.state) && (item.reason ?? '').length < 15) {
        this.find('quiet', `${what}: ${name} is ${item.state} without a reason`);
      }
    }
    if (job?.state === 'done' && job.failed !== items.filter((i) => i.state === 'failed').length) {
      this.find('quiet', `${what} counts ${job.failed} failures of ${items.filter((i) => i.state === 'failed').length}`);
    }
  }

  // Accepted wishes for a person, in the order of their jobs.
  wishesOf(name, verb) {
    return this.jobs.filter(({ promise: p }) => p.names?.includes(name) && (!verb || p.verb === verb))
      .sort((a, b) => a.promise.job - b.promise.job)
      .map(({ promise, items }) => ({ promise, item: items.find((i) => this.world.nameOf.get(i.person?.id) === name) }));
  }

  judgeEffects() {
    const done = this.applied.filter((a) => !a.error_number);
    const creates = new Map(), retires = new Map(), alive = new Map(), made = new Map();
    for (const a of done) {
      if (['ASSOCIATE', 'DISASSOCIATE', 'REVOKE'].includes(a.kind)) this.find('wrong', `${a.kind} of ${a.adam_id} was not asked for`);
      const name = nameOf(a.email);
      if (!name || a.kind === 'ACCEPT') continue;
      const bump = (map, key) => map.set(key, (map.get(key) ?? 0) + 1).get(key);
      if (a.kind === 'CREATE') {
        bump(made, name);
        if (bump(creates, a.client_user_id) > 1) this.find('twice', `${name} was created twice under ${a.client_user_id}`);
        if (bump(alive, name) > (this.world.byHand?.has(name) ? 2 : 1)) this.find('twice', `${name} has two live records`);
      }
      if (a.kind === 'RETIRE') {
        if (bump(retires, a.client_user_id) > 1) this.find('twice', `${name} was retired twice`);
        alive.set(name, (alive.get(name) ?? 0) - 1);
        if (!this.wishesOf(name, 'delete').length && !this.world.byHand?.has(name)) this.find('wrong', `${name} was retired, and nobody asked for it`);
      }
    }
    for (const [name, n] of made) {
      if (n > this.wishesOf(name, 'invite').length) this.find('wrong', `${name} was created ${n} times for ${this.wishesOf(name, 'invite').length} wishes`);
    }
  }

  judgePeople() {
    const shown = { Registered: ['registered', 'invited'], Associated: ['associated'] };
    for (const p of this.people) {
      const name = p.user_name;
      const live = this.users.filter((u) => nameOf(u.email) === name && active(u));
      const want = live.length ? shown[live[0].status] : ['none', 'removed'];
      const isTold = !live.length && p.vpp.state === 'requested' && p.vpp.failed?.reason;
      if (live.length < 2 && !isTold && !want.includes(p.vpp.state)) this.find('wrong', `${name} is shown as ${p.vpp.state}; Apple has ${live[0]?.status ?? 'nobody'}`);
      this.judgeLastWish(name, live);
      const emails = this.world.driver.emails.get(name);
      if (emails && live.length && p.email !== emails.at(-1)) this.find('lost', `${name} has the e-mail ${p.email}, promised was ${emails.at(-1)}`);
      const isLate = emails && live.length && live[0].email !== emails.at(-1);
      if (isLate && this.world.lastSync?.state === 'done' && !this.world.driver.mayLag) this.find('lost', `${name} has the e-mail ${live[0].email} at Apple, promised was ${emails.at(-1)}`);
    }
  }

  // The newest wish that was carried out must be what Apple has.
  judgeLastWish(name, live) {
    const last = this.wishesOf(name).filter(({ item }) => item && !['skipped', 'cancelled', 'not_needed'].includes(item.state)).at(-1);
    if (!last) return;
    const { promise: { verb, job }, item } = last;
    const wants = verb === 'invite' ? 1 : 0;
    const is = live.length;
    if (item.state === 'done' && is !== wants) this.find('quiet', `${verb} of ${name} (job ${job}) is shown as done; Apple has ${is} live records: ${item.detail}`);
    const isAtApple = ['create', 'retire'].includes(item.kind);
    if (item.state === 'failed' && isAtApple && is === wants) this.find('wrong', `${verb} of ${name} (job ${job}) is shown as failed, and Apple did it: ${item.reason}`);
  }

  // What Apple refused for good is shown with its number.
  judgeRefusals() {
    const nameOfClient = new Map(this.people.map((p) => [p.vpp.client_user_id, p.user_name]));
    for (const a of this.applied.filter((one) => one.error_number && !benign.includes(one.error_number))) {
      const name = nameOf(a.email) ?? nameOfClient.get(a.client_user_id);
      const isShown = this.jobs.some(({ items }) => items.some((i) => this.world.nameOf.get(i.person?.id) === name && i.apple_number === a.error_number));
      if (name && !isShown) this.find('quiet', `${a.kind} of ${name} was refused with ${a.error_number}, and no item says so`);
    }
  }

  judgeMail() {
    const byId = new Map();
    for (const m of this.mail) byId.set(m.message_id, [...(byId.get(m.message_id) ?? []), m]);
    for (const [id, copies] of byId) {
      if (copies.length > 2) this.find('twice', `${copies[0].to} got ${id} ${copies.length} times`);
      if (new Set(copies.map((m) => nameOf(m.to))).size > 1) this.find('wrong', `${id} went to more than one person`);
    }
    for (const p of this.people) {
      const ids = new Set(this.mail.filter((m) => nameOf(m.to) === p.user_name).map((m) => m.message_id)).size;
      const wishes = this.wishesOf(p.user_name, 'invite');
      const sent = wishes.filter(({ item }) => item?.state === 'done' && /^Sent by e-mail/.test(item.detail ?? '')).length;
      if (ids > wishes.length) this.find('twice', `${p.user_name} got ${ids} messages for ${wishes.length} wishes`);
      if (sent > ids) this.find('lost', `${p.user_name} got ${ids} messages, ${sent} are shown as sent`);
    }
  }

  // Whoever was told died so soon that nothing can have been written down, or while the answer was on its way.
  diedBefore(told, ms) {
    const death = this.world.kills.find(({ end }) => end >= told.openedAt);
    return death && told.deliveredAt >= death.at - ms;
  }

  judgeWire() {
    const exchanges = this.world.proxy.exchanges;
    const waits = exchanges.filter((ex) => ex.deliveredAt && ex.retryAfter !== undefined && !this.diedBefore(ex, this.world.graceMs ?? 250));
    for (const told of waits) {
      const until = this.untilOf(told);
      const early = exchanges.find((ex) => ex.auth === told.auth && ex.at < until - 20 && ex.at > told.deliveredAt
        && (ex.at > told.deliveredAt + 100 || this.world.kills.some(({ at }) => at > told.deliveredAt && at < ex.at)));
      if (early) this.find('early', `${early.method} ${early.path} ${until - early.at} ms before the time that ${told.path} was told (${early.at - told.deliveredAt} ms after it; ${this.deathsBetween(told.deliveredAt, early.at)})`);
    }
    this.judgeStop(exchanges);
    this.judgeRepeats(exchanges.filter(isWrite));
  }

  deathsBetween(from, until) {
    return this.world.kills.filter(({ at }) => at > from && at < until).map(({ at }) => `killed after ${at - from} ms`).join(', ') || 'not killed between';
  }

  untilOf({ retryAfter, deliveredAt }) {
    const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - deliveredAt;
    return Number.isFinite(seconds) ? deliveredAt + Math.min(seconds, 86_400_000) : 0;
  }

  judgeStop(exchanges) {
    const foreign = exchanges.find((ex) => ex.deliveredAt && this.world.foreignId && ex.answer.body.includes(this.world.foreignId));
    if (!foreign) return;
    const until = this.world.takenBackAt ?? Infinity;
    for (const ex of exchanges.filter((e) => isWrite(e) && e.at > foreign.deliveredAt + 100 && e.at < until)) {
      this.find('afterStop', `${ex.method} ${ex.path} ${ex.at - foreign.deliveredAt} ms after Apple showed another owner`);
    }
  }

  // The doubt rule on the wire: what may have been applied is not asked for again before the settle time is over.
  judgeRepeats(writes) {
    const last = new Map();
    for (const ex of writes) {
      for (const id of ex.askedFor ?? []) {
        const key = `${ex.path} ${id}`;
        const before = last.get(key);
        if (before && !isRefused(before) && ex.at - before.at < this.world.settle * 1000 - 50) {
          this.find('twice', `${ex.path} for ${id} again after ${ex.at - before.at} ms, without a look`);
        }
        last.set(key, ex);
      }
    }
  }
}

// Pomona was told clearly that nothing was done.
function isRefused(ex) {
  if (ex.fault.what === 'cut_request' || ex.fault.what === 'drop_request') return false;
  if (!ex.deliveredAt) return false;
  const number = ex.json?.errorNumber;
  return (number && number !== 9603) || ex.status === 429 || (ex.status >= 300 && ex.status < 500);
}

export function words(oracle) {
  return Object.entries(oracle.findings).flatMap(([count, list]) => list.slice(0, 4).map((one) => `      ${count}: ${one}`)).join('\n');
}
