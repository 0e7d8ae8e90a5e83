// Between Pomona and the twin: what the twin says is shown differently. change(call, json) gets every good answer;
// what it returns is what Pomona reads. call: method, path, query (URLSearchParams), and count of its path.
import http from 'node:http';

export class Lens {
  constructor(twin, change) {
    Object.assign(this, { target: new URL(twin.appleUrl), change, counts: {} });
  }

  async listen() {
    this.server = http.createServer((asked, answer) => this.pass(asked, answer));
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.appleUrl = `http://127.0.0.1:${this.server.address().port}${this.target.pathname}`;
    return this;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }

  async pass(asked, answer) {
    const parts = [];
    for await (const part of asked) parts.push(part);
    const url = new URL(asked.url, this.appleUrl);
    const path = url.pathname.slice(this.target.pathname.length);
    // Under our own name, so that the addresses that Apple lists are ours.
    const twin = http.request({ host: this.target.hostname, port: this.target.port, method: asked.method, path: asked.url, headers: asked.headers });
    twin.on('error', () => answer.destroy());
    twin.on('response', async (got) => {
      const body = [];
      for await (const part of got) body.push(part);
      let text = Buffer.concat(body);
      if (got.statusCode === 200) {
        this.counts[path] = (this.counts[path] ?? 0) + 1;
        const json = JSON.parse(text);
        text = Buffer.from(JSON.stringify(await this.change({ method: asked.method, path, query: url.searchParams, count: this.counts[path] }, json) ?? json));
      }
      const { 'content-length': _, 'transfer-encoding': __, ...headers } = got.headers;
      answer.writeHead(got.statusCode, { ...headers, 'content-length': text.length });
      answer.end(text);
    });
    twin.end(Buffer.concat(parts));
  }
}
