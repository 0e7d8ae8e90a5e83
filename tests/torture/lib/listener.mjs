// Reads, as an admin would, why things wait or failed, and keeps each sentence. A fault that shows no sentence, an empty
// one, one that says nothing, or one with a secret in it is found here.
import { pause } from '../../stories/lib/wait.mjs';

const saysNothing = /^(unknown |internal |general )?(error|failure|failed|problem)\.?$|something went wrong|\(null\)|undefined|\[object/i;
const isInternal = /\bselect \w|insert into|sqlite3?_|PGRES|SQLSTATE|\.c:\d+|errno/i;
const everyMs = 150;

export class Listener {
  constructor(world) {
    Object.assign(this, { world, heard: new Map(), isOver: false });
    this.listening = this.listen();
  }

  hear(where, sentence) {
    if (sentence === null || sentence === undefined) return;
    const key = `${where}: ${sentence}`;
    if (!this.heard.has(key)) this.heard.set(key, { where, sentence });
  }

  async ask(path) {
    const { pomona } = this.world;
    const answer = await fetch(pomona.url + path, { headers: { authorization: `Bearer ${pomona.token}` }, signal: AbortSignal.timeout(4000) });
    const body = await answer.json();
    if (!answer.ok) this.hear(`GET ${path.split('?')[0]}`, body.detail ?? '');
    return answer.ok ? body : undefined;
  }

  async look() {
    for (const job of (await this.ask('/api/v1/jobs?limit=20'))?.items ?? []) {
      this.hear('job.wait', job.wait.reason);
      if (job.state === 'failed') this.hear('job.failure', job.failure ?? '');
      const isOpen = !['done', 'failed', 'cancelled'].includes(job.state);
      for (const item of (isOpen ? await this.ask(`/api/v1/jobs/${job.id}/items?limit=20`) : undefined)?.items ?? []) this.hear('item.reason', item.reason);
    }
    for (const l of (await this.ask('/api/v1/locations'))?.items ?? []) {
      this.hear('location.token', l.token.reason);
      this.hear('location.notifications', l.notifications.reason);
      this.hear('location.wait', l.wait.reason);
      this.hear('location.service', l.service?.reason);
    }
  }

  async listen() {
    while (!this.isOver) {
      await this.look().catch(() => {}); /* it is being killed */
      await pause(everyMs);
    }
  }

  async end() {
    this.isOver = true;
    await this.listening;
  }

  get sentences() { return [...this.heard.values()]; }
  said(pattern) { return this.sentences.some(({ sentence }) => pattern.test(sentence)); }

  // What nobody may read in a sentence: the tokens that went over the wire, invitation codes, where the data is.
  secrets() {
    const { pomona, proxy, folder } = this.world;
    const onWire = proxy.exchanges.flatMap((ex) => [ex.auth.replace(/^Bearer /i, ''), ...(ex.request.body.match(/"notificationAuthToken"\s*:\s*"([^"]+)"/) ?? []).slice(1),
      ...[...(ex.answer.head ? ex.answer.body : '').matchAll(/"inviteCode"\s*:\s*"([^"]+)"/g)].map(([, code]) => code)]);
    return [...new Set([pomona.token, folder, ...onWire])].filter((one) => one.length > 5);
  }

  // [why, sentence] of each that an admin should not get.
  faults() {
    const secrets = this.secrets();
    return this.sentences.flatMap(({ where, sentence }) => {
      if (sentence.length < 15) return [`${where} says only "${sentence}"`];
      if (saysNothing.test(sentence)) return [`${where} says nothing: ${sentence}`];
      if (isInternal.test(sentence)) return [`${where} shows the inside: ${sentence}`];
      if (secrets.some((secret) => sentence.includes(secret))) return [`${where} holds a secret: ${sentence}`];
      return [];
    });
  }
}
