// The real twin, and its control API.
import { Program } from './process.mjs';

export class Twin {
  static async start(folder, { calm = true, seed = 1, args = [] } = {}) {
    const twin = new Twin();
    twin.folder = folder;
    twin.args = ['--seed', String(seed), '--state', `${folder}/twin.json`, ...(calm ? ['--calm'] : []), ...args];
    await twin.begin();
    twin.appleUrl = `http://127.0.0.1:${twin.ports.apple}/twin/mdm/v2`;
    twin.controlUrl = `http://127.0.0.1:${twin.ports.control}`;
    return twin;
  }

  // On the ports of the life before, with the world of the life before.
  async begin() {
    const at = (port) => `127.0.0.1:${port ?? 0}`;
    this.program = new Program('apple-twin', ['--listen', at(this.ports?.apple), '--control', at(this.ports?.control),
      '--smtp', at(this.ports?.smtp), ...this.args], { folder: this.folder });
    this.ports = await this.program.ports();
  }

  async call(method, path, body) {
    const answer = await fetch(this.controlUrl + path, {
      method, body: body === undefined ? undefined : JSON.stringify(body),
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
    });
    const json = await answer.json();
    if (!answer.ok) throw new Error(`twin: ${method} ${path}: ${answer.status} ${json.detail}`);
    return json;
  }

  get(path) { return this.call('GET', path); }
  post(path, body = {}) { return this.call('POST', path, body); }
  patch(path, body) { return this.call('PATCH', path, body); }

  location(options) { return this.post('/control/locations', options); }
  knobs(knobs) { return this.patch('/control/knobs', knobs); }
  fault(fault) { return this.post('/control/faults', fault); }
  calm() { return this.call('DELETE', '/control/faults'); }
  smtp(manner) { return this.patch('/control/smtp', manner); }
  counts(uid = 'first') { return this.get(`/control/locations/${uid}/counts`); }
  users(query = '', uid = 'first') { return this.get(`/control/locations/${uid}/users?limit=100000&${query}`).then((a) => a.items); }
  assets(uid = 'first') { return this.get(`/control/locations/${uid}/assets`).then((a) => a.items); }
  accept(who, uid = 'first') { return this.post(`/control/locations/${uid}/accept`, who); }
  calls(query = '') { return this.get(`/control/calls?limit=100000&${query}`).then((a) => a.items); }
  mail(query = '') { return this.get(`/control/mail?limit=100000&${query}`).then((a) => a.items); }

  // Accepts as a person does: opens the link and sends the form.
  async acceptLink(link, account) {
    const page = await fetch(link);
    if (page.status !== 200) return page.status;
    const sent = await fetch(link, { method: 'POST', body: new URLSearchParams({ account }) });
    return sent.status;
  }
}
