// The network between Pomona and the twin: it delays, drops, cuts and half-closes in both directions, and keeps
// what was really said. A request that it holds back is delivered even after its sender has died, as networks do.
import net from 'node:net';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { pause } from '../../stories/lib/wait.mjs';

const headEnd = Buffer.from('\r\n\r\n');

// One HTTP message, collected byte by byte: head, then as many bytes as the head says.
class Message {
  bytes = Buffer.alloc(0);

  add(chunk) {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    if (!this.head) {
      const at = this.bytes.indexOf(headEnd);
      if (at < 0) return;
      this.head = this.bytes.subarray(0, at).toString('latin1');
      this.bodyAt = at + headEnd.length;
      this.length = Number(this.header('content-length') ?? 0);
    }
    this.isWhole = this.bytes.length >= this.bodyAt + this.length;
  }

  header(name) { return this.head?.match(new RegExp(`^${name}: *(.*)$`, 'im'))?.[1].trim(); }
  get body() { return this.bytes.subarray(this.bodyAt).toString('utf8'); }
}

function parsed(text) {
  try { return JSON.parse(text); } catch { return undefined; }
}

export class Proxy {
  // manners: percents of exchanges, see chosenFault.
  constructor(target, random, certificates) {
    Object.assign(this, { target, random, certificates, exchanges: [], manners: {}, armed: [], open: 0, sockets: new Set() });
  }

  async listen() {
    const serve = (socket) => this.serve(socket);
    this.server = this.certificates ? tls.createServer(this.certificates.get('good'), serve) : net.createServer({ allowHalfOpen: true }, serve);
    this.server.on('tlsClientError', () => { this.handshakesFailed = (this.handshakesFailed ?? 0) + 1; });
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.port = this.server.address().port;
    return this;
  }

  calm() {
    Object.assign(this, { manners: {}, armed: [] });
    if (this.certificates) this.present('good');
  }

  // The certificate that is shown from now on.
  present(kind) {
    this.server.setSecureContext(this.certificates.get(kind));
    for (const socket of this.sockets) socket.destroy();
  }

  // fault: {what, path (RegExp), count, at (byte), ms}: the next exchanges that fit.
  arm(fault) { this.armed.push({ count: 1, at: 0, ms: 0, path: /./, ...fault }); }

  close() {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  chosenFault(ex) {
    const armed = this.armed.find((f) => f.count > 0 && f.path.test(`${ex.method} ${ex.path}`));
    if (armed) {
      armed.count--;
      return armed;
    }
    const { delay = 0, drop = 0, cut = 0, halfClose = 0, delayMs = 150 } = this.manners;
    const { random } = this;
    if (random.percent(drop)) return { what: random.pick(['drop_request', 'drop_answer']) };
    if (random.percent(cut)) return { what: random.pick(['cut_request', 'cut_answer']), at: random.below(400) };
    if (random.percent(halfClose)) return { what: 'half_close', at: random.below(400) };
    if (random.percent(delay)) return { what: random.pick(['delay_request', 'delay_answer']), ms: random.below(delayMs) };
    return {};
  }

  refuseAll(isRefused) { this.isRefused = isRefused; }

  serve(client) {
    if (this.isRefused) return client.resetAndDestroy?.() ?? client.destroy();
    const line = { openedAt: Date.now(), client, upstream: net.connect(this.target, '127.0.0.1'), queue: Promise.resolve() };
    for (const socket of [client, line.upstream]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
    }
    client.on('data', (chunk) => this.asked(line, chunk));
    client.on('close', () => { line.isGone = true; if (!line.ex || !line.ex.request.isWhole) line.upstream.destroy(); });
    client.on('end', () => client.end());
    line.upstream.on('data', (chunk) => this.answered(line, chunk));
    line.upstream.on('close', () => { if (!line.ex?.isHeld && !line.isFlooded) client.destroy(); });
  }

  asked(line, chunk) {
    if (!line.ex || line.ex.request.isWhole) line.ex = { request: new Message(), answer: new Message(), at: Date.now(), openedAt: line.openedAt };
    const { ex } = line;
    const before = ex.request.head ? ex.request.bytes.length : 0;
    ex.request.add(chunk);
    if (!ex.request.head) return;
    if (!ex.path) {
      [ex.method, ex.path] = ex.request.head.split(' ', 2);
      ex.auth = ex.request.header('authorization') ?? '';
      ex.fault = this.chosenFault(ex);
      this.exchanges.push(ex);
    }
    if (ex.request.isWhole && !ex.askedFor) {
      const body = ex.method === 'POST' ? parsed(ex.request.body) : undefined;
      ex.askedFor = (body?.users ?? []).map((u) => u.clientUserId);
    }
    this.passOn(line, ex, ex.request.bytes.subarray(before), before);
  }

  passOn(line, ex, bytes, from) {
    const { what, at = 0, ms = 0 } = ex.fault;
    if (what === 'drop_request') return void line.client.destroy();
    if (what === 'delay_request' && !ex.isHeld) {
      ex.isHeld = true;
      line.queue = line.queue.then(() => pause(ms)).then(() => { ex.isHeld = false; });
    }
    if (what === 'cut_request' && from + bytes.length > at) {
      line.upstream.write(bytes.subarray(0, Math.max(0, at - from)));
      line.upstream.end();
      line.client.destroy();
      return;
    }
    if (ex.request.isWhole) ex.mayBeApplied = true;
    line.queue = line.queue.then(() => { if (!line.upstream.destroyed) line.upstream.write(bytes); });
  }

  answered(line, chunk) {
    const { ex } = line;
    if (!ex) return;
    const before = ex.answer.bytes.length;
    ex.answer.add(chunk);
    const { what, at = 0, ms = 0 } = ex.fault;
    if (what === 'drop_answer') return void line.client.destroy();
    if (what === 'endless' || what === 'bomb') return this.flood(line, what);
    if ((what === 'cut_answer' || what === 'half_close') && before + chunk.length > at) {
      line.client.write(chunk.subarray(0, Math.max(0, at - before)), () => what === 'cut_answer' ? line.client.destroy() : line.client.end());
      line.upstream.destroy();
      return;
    }
    const isLast = ex.answer.isWhole;
    line.queue = line.queue.then(() => (what === 'delay_answer' && !before ? pause(ms) : undefined)).then(() => {
      if (line.isGone || line.client.destroyed) return;
      line.client.write(chunk);
      if (isLast) this.delivered(ex);
    });
  }

  // An answer that never ends, or one that is small on the wire and large when it is unpacked.
  async flood(line, what) {
    if (line.isFlooded) return;
    line.isFlooded = true;
    line.upstream.destroy();
    const { client } = line;
    if (what === 'bomb') {
      const packed = gzipSync(Buffer.alloc(512 * 1024 * 1024, ' '), { level: 1 });
      client.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`);
      client.write(packed);
      return;
    }
    client.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
    const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1024 * 1024, ' '), Buffer.from('\r\n')]);
    for (let n = 0; n < 1024 && !client.destroyed; n++) if (!client.write(piece)) await new Promise((done) => { client.once('drain', done); client.once('close', done); });
    client.destroy();
  }

  // The whole answer went to Pomona.
  delivered(ex) {
    ex.deliveredAt = Date.now();
    ex.status = Number(ex.answer.head.split(' ')[1]);
    ex.retryAfter = ex.answer.header('retry-after');
    ex.json = parsed(ex.answer.body);
  }

  get writes() { return this.exchanges.filter((ex) => isWrite(ex)); }
}

export function isWrite(ex) {
  return ex.method === 'POST' && /\/(users|assets)\/|\/client\/config|\/(create|update|retire|associate|disassociate|revoke)/.test(ex.path);
}
