// The real server, and its API. Every JSON answer is compared with the document of the API.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { faultsOf } from './contract.mjs';
import { Program, program } from './process.mjs';
import { waitFor } from './wait.mjs';

const run = promisify(execFile);
const ended = ['done', 'failed', 'cancelled', 'planned'];

export class Pomona {
  // doors: it is told of the twin's mail server and MDM at the start.
  constructor(folder, twin, { database, settle = 2, doors = true, caller = 'story', args = [], env = {} } = {}) {
    Object.assign(this, { folder, twin, database, settle, doors, caller, args, env, data: `${folder}/data`, faults: [], port: 0 });
  }

  // On the port of the life before, so that the address that Apple knows stays good.
  async start() {
    const args = ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`, '--apple-url', this.twin.appleUrl,
      '--settle-seconds', String(this.settle), ...this.doorArgs(), ...this.databaseArgs(), ...this.args];
    this.program = new Program('pomona', args, { folder: this.folder, env: this.env });
    const ports = await this.program.ports();
    this.port = Object.values(ports)[0];
    this.url = `http://127.0.0.1:${this.port}`;
    this.token ??= await this.makeToken(this.caller, 'owner');
    return this;
  }

  doorArgs() { return this.doors ? ['--mdm-url', this.twin.controlUrl, '--smtp', `127.0.0.1:${this.twin.ports.smtp}`] : []; }
  databaseArgs() { return this.database ? ['--database', this.database] : []; }

  async makeToken(name, role) {
    const { stdout } = await run(program('pomona'), ['token', 'create', '--data', this.data, '--name', name, '--role', role, ...this.databaseArgs()], { env: { ...process.env, ...this.env } });
    return stdout.trim().split(/\s+/).at(-1);
  }

  async kill() { return this.program.stop('SIGKILL'); }

  // {status, body, type}; does not judge the status.
  async ask(method, path, body, { type = 'application/json', headers = {} } = {}) {
    const raw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await fetch(this.url + path, {
      method, body: raw,
      headers: { authorization: `Bearer ${this.token}`, ...(raw === undefined ? {} : { 'content-type': type }), ...headers },
    });
    const got = answer.headers.get('content-type') ?? '';
    const text = await answer.text();
    const json = /json/.test(got) ? JSON.parse(text) : undefined;
    this.faults.push(...faultsOf(method, path, answer.status, got, json ?? (text || undefined)));
    return { status: answer.status, body: json ?? text, headers: answer.headers };
  }

  async good(method, path, body, options) {
    const { status, body: answer } = await this.ask(method, path, body, options);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  get(path) { return this.good('GET', path); }
  post(path, body, options) { return this.good('POST', path, body, options); }
  put(path, body) { return this.good('PUT', path, body); }
  patch(path, body) { return this.good('PATCH', path, body); }

  async addLocation(tokenFile, query = '') {
    return this.post(`/api/v1/locations${query}`, tokenFile, { type: 'application/octet-stream' });
  }

  async import(kind, csv) {
    const { id } = await this.post(`/api/v1/imports?kind=${kind}`, csv, { type: 'text/csv' });
    const read = await waitFor(`the ${kind} file is read`, async () => {
      const now = await this.get(`/api/v1/imports/${id}`);
      return !['reading', 'uploaded'].includes(now.state) && now;
    });
    if (read.state === 'failed') return read;
    await this.job(await this.post(`/api/v1/imports/${id}/apply`));
    return this.get(`/api/v1/imports/${id}`);
  }

  // A job, followed to its end. answer is what an action gave.
  async job(answer, { within = 60_000 } = {}) {
    const id = answer.job?.id ?? answer.id ?? answer;
    return waitFor(`job ${id} ends`, async () => {
      const now = await this.get(`/api/v1/jobs/${id}`);
      const job = now.job ?? now;
      this.lastJob = job;
      return ended.includes(job.state) && job;
    }, { within, every: 100 });
  }

  act(verb, body) { return this.post(`/api/v1/vpp-users/${verb}`, body); }
  async does(verb, body, options) { return this.job(await this.act(verb, body), options); }

  async items(job) {
    const all = [];
    for (let after = ''; after !== null;) {
      const page = await this.get(`/api/v1/jobs/${job.id}/items?limit=200${after && `&after=${encodeURIComponent(after)}`}`);
      all.push(...page.items);
      after = page.next;
    }
    return all;
  }

  async people(query = '') {
    const all = [];
    for (let after = ''; after !== null;) {
      const page = await this.get(`/api/v1/people?limit=200&${query}${after && `&after=${encodeURIComponent(after)}`}`);
      all.push(...page.items);
      after = page.next;
    }
    return all;
  }

  async person(userName) {
    return (await this.people(`q=${encodeURIComponent(userName)}`)).find((p) => p.user_name === userName);
  }

  async total(query) { return (await this.get(`/api/v1/people?limit=1&count=1&${query}`)).total; }

  // Until the person shows that.
  async shows(userName, what, is, options) {
    return waitFor(`${userName} shows ${what}`, async () => {
      const person = await this.person(userName);
      if (!is(person)) throw new Error(JSON.stringify(person?.vpp));
      return person;
    }, options);
  }

  // A program of the command line against this server.
  async cli(...args) {
    try {
      const { stdout, stderr } = await run(program('pomona'), args, { env: { ...process.env, POMONA_SERVER: this.url, POMONA_TOKEN: this.token } });
      return { code: 0, stdout, stderr };
    } catch (error) {
      return { code: error.code, stdout: error.stdout, stderr: error.stderr };
    }
  }
}
