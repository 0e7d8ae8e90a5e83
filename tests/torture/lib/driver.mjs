// The callers: they ask, and keep what they were promised. A broken request is repeated with its key until it is
// answered, as a careful caller does; from the answer on it is a promise.
import { randomUUID } from 'node:crypto';
import { pause } from '../../stories/lib/wait.mjs';

export class Driver {
  constructor(world) {
    Object.assign(this, { world, promises: [], emails: new Map(), asking: new Set(), isOver: false });
  }

  // One request, repeated until an answer comes. {status, body}, or undefined when the world ended first.
  async insist(method, path, body, key, type = 'application/json') {
    const { pomona } = this.world;
    const raw = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    for (;;) {
      try {
        const answer = await fetch(pomona.url + path, {
          method, body: raw, signal: AbortSignal.timeout(10_000),
          headers: { authorization: `Bearer ${pomona.token}`, ...(raw === undefined ? {} : { 'content-type': type }), ...(key ? { 'idempotency-key': key } : {}) },
        });
        const text = await answer.text();
        const json = text ? JSON.parse(text) : undefined;
        if (answer.status >= 400) this.world.listener?.hear(`${method} ${path.split('?')[0]}`, json?.detail ?? '');
        if (answer.status !== 503 && answer.status !== 500) return { status: answer.status, body: json };
      } catch { /* the server is being killed */ }
      if (this.isGivenUp) return undefined;
      await pause(40);
    }
  }

  // Asks for invite, delete or sync; a promise when it was accepted.
  async act(verb, names) {
    const { world } = this;
    const wish = { verb, names, at: Date.now() };
    const body = { location: world.location.id, ...(names ? { selection: { ids: names.map((n) => world.idOf.get(n)) } } : {}) };
    const asked = this.insist('POST', `/api/v1/vpp-users/${verb}`, body, randomUUID());
    return this.keep(asked, (answer) => {
      if (answer.status !== 202) return;
      this.promises.push(Object.assign(wish, { job: answer.body.job.id, acceptedAt: Date.now() }));
    }).then(() => wish);
  }

  async changeEmail(name) {
    const { world } = this;
    const version = (this.emails.get(name)?.length ?? 0) + 2;
    const email = `${name}.v${version}@orchard.example.org`;
    const asked = this.insist('PATCH', `/api/v1/people/${world.idOf.get(name)}`, { email });
    await this.keep(asked, (answer) => {
      if (answer.status === 200) this.emails.set(name, [...(this.emails.get(name) ?? []), email]);
    });
  }

  async keep(asked, then) {
    const done = asked.then((answer) => answer && then(answer));
    this.asking.add(done);
    await done.finally(() => this.asking.delete(done));
  }

  // A step of a busy day.
  async step() {
    const { random, names, twin } = this.world;
    const some = () => random.some(names, random.between(1, 8));
    const what = random.below(100);
    if (what < 45) return this.act('invite', some());
    if (what < 70) return this.act('delete', some());
    if (what < 80) return this.act('sync');
    if (what < 90) return this.changeEmail(random.pick(names));
    await twin.accept({ count: random.between(1, 3) }).catch(() => {}); /* nobody to accept */
    return undefined;
  }

  async run(everyMs = 120) {
    while (!this.isOver) {
      if (this.asking.size < 4) this.step().catch(() => {});
      await pause(this.world.random.between(20, everyMs * 2));
    }
  }

  async finish() {
    this.isOver = true;
    await Promise.race([Promise.allSettled([...this.asking]), pause(15_000)]);
    this.isGivenUp = true;
  }
}
