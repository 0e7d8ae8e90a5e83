// One world that is tormented: a twin, the network before it, and a Pomona that is killed and started again.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pomona } from '../../stories/lib/pomona.mjs';
import { Program } from '../../stories/lib/process.mjs';
import { devicesCsv, peopleCsv } from '../../stories/lib/school.mjs';
import { Twin } from '../../stories/lib/twin.mjs';
import { pause, waitFor } from '../../stories/lib/wait.mjs';
import { Certificates } from './certificates.mjs';
import { Driver } from './driver.mjs';
import { Listener } from './listener.mjs';
import { Proxy } from './proxy.mjs';
import { Random } from './random.mjs';

// Everything of the twin's that takes time ends well within the settle time of one second.
export const quick = {
  event_delay_ms: 30, event_spread_ms: 150, event_slow_percent: 0, notify_delay_ms: 20, notify_retry_ms: 300,
  notify_timeout_ms: 1000, page_size: 20, rate_limit: 0, task_rate: 0, limit_change_percent: 0,
};

export class World {
  constructor(options) {
    Object.assign(this, { seed: 1, settle: 1, people: 24, calm: true, env: {}, ...options });
    this.random = new Random(this.seed);
    this.kills = [];
  }

  static async make(options) {
    const w = new World(options);
    w.folder = mkdtempSync(join(tmpdir(), 'pomona-torture-'));
    mkdirSync(join(w.folder, 'data'), { recursive: true, mode: 0o700 });
    w.twin = await Twin.start(w.folder, { calm: true, seed: w.seed });
    await w.twin.knobs({ ...quick, ...w.knobs });
    const certificates = w.tls && new Certificates(w.folder);
    w.proxy = await new Proxy(w.twin.ports.apple, w.random, certificates).listen();
    w.twin.appleUrl = w.twin.appleUrl.replace(/^http:(.*):\d+\//, `${w.tls ? 'https' : 'http'}:$1:${w.proxy.port}/`);
    if (w.tls) w.env.POMONA_TEST_CA = certificates.authority;
    w.pomona = new Pomona(w.folder, w.twin, { database: w.database, settle: w.settle, args: w.args ?? [], env: { POMONA_PLANT: w.plant ?? '', ...w.env } });
    await w.pomona.start();
    w.driver = new Driver(w);
    await w.school();
    w.listener = new Listener(w);
    return w;
  }

  async school() {
    this.names = Array.from({ length: this.people }, (_, i) => `u${String(i + 1).padStart(5, '0')}`);
    const { token_file: file } = await this.twin.get('/control/locations/first');
    this.location = await this.pomona.addLocation(file);
    await this.pomona.patch(`/api/v1/locations/${this.location.id}`, { message_channel: this.channel ?? 'email' });
    await this.pomona.import('people', peopleCsv(this.names));
    await this.pomona.import('devices', devicesCsv(this.names));
    const people = await this.pomona.people();
    this.idOf = new Map(people.map((p) => [p.user_name, p.id]));
    this.nameOf = new Map(people.map((p) => [p.id, p.user_name]));
  }

  // --- lives ---

  get isAlive() { return this.pomona.program && !this.pomona.program.end; }

  // A process that may die before it listens.
  spawn(env = {}) {
    const { pomona } = this;
    const args = ['serve', '--data', pomona.data, '--listen', `127.0.0.1:${pomona.port}`, '--apple-url', this.twin.appleUrl,
      '--settle-seconds', String(this.settle), '--mdm-url', this.twin.controlUrl,
      '--smtp', `127.0.0.1:${this.twin.ports.smtp}`, ...pomona.databaseArgs(), ...pomona.args];
    pomona.program = new Program('pomona', args, { folder: this.folder, env: { ...pomona.env, ...env } });
  }

  async start(env = {}) {
    this.spawn(env);
    await this.pomona.program.ports();
  }

  async kill() {
    const at = Date.now();
    this.pomona.program.child.kill('SIGKILL');
    await this.pomona.program.ended;
    this.kills.push({ at, end: Date.now() });
  }

  // Starts it so that it dies at the point; false when the point was not reached in that time.
  async diedAt(within) {
    const died = await Promise.race([this.pomona.program.ended.then(() => true), pause(within).then(() => false)]);
    if (died) this.kills.push({ at: Date.now(), end: Date.now() });
    return died;
  }

  // Every fault that was armed has struck: a row without its fault proves nothing.
  async struck() {
    await this.until('the faults struck', async () => {
      const armed = (await this.twin.get('/control/faults')).items ?? (await this.twin.get('/control/faults')).faults;
      const knobs = await this.twin.get('/control/knobs');
      const left = [...armed.filter((f) => f.count > 0), ...this.proxy.armed.filter((f) => f.count > 0),
        ...['events_lie', 'tasks_fail'].filter((name) => knobs[name] > 0)];
      if (left.length) throw new Error(JSON.stringify(left));
      return true;
    }, { within: 15_000 });
  }

  // --- the end ---

  async openJobs() {
    const { items } = await this.pomona.get('/api/v1/jobs?limit=200');
    return items.filter((j) => !['done', 'failed', 'cancelled', 'planned'].includes(j.state));
  }

  // No more faults; everything that was accepted gets the time to end.
  async settleDown(within = 60_000) {
    this.proxy.calm();
    this.proxy.refuseAll(false);
    await this.twin.calm();
    await this.twin.smtp({});
    await this.twin.knobs({ ...quick, busy_percent: 0, cut_percent: 0, empty_lists: 0, events_lie: 0, tasks_fail: 0, move_versions: 0, event_never_ends: 0 });
    if (!this.isAlive) await this.start();
    await this.driver.finish();
    const until = Date.now() + within;
    while ((await this.openJobs()).length && Date.now() < until) await pause(100);
    const job = await this.pomona.post('/api/v1/vpp-users/sync', { location: this.location.id });
    this.lastSync = await this.pomona.job(job, { within: 30_000 }).catch(() => undefined);
  }

  async end() {
    await this.listener?.end();
    const faults = this.listener?.faults().slice(0, 5) ?? [];
    if (this.isAlive) {
      const { code, signal } = await this.pomona.program.stop();
      if (code !== 0) faults.push(`pomona ended with ${code ?? signal}`);
    }
    await this.twin.program.stop();
    this.proxy.close();
    faults.push(...this.pomona.program.text().split('\n').filter((l) => /Sanitizer|runtime error:/.test(l)).slice(0, 5));
    return faults;
  }

  forget() { rmSync(this.folder, { recursive: true, force: true }); }

  until(what, ask, options) { return waitFor(what, ask, { every: 30, within: 12_000, ...options }); }
}
