// Certificates for the network before the twin, made when they are needed: a good one, and ones that must be refused.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const config = (folder) => `[ca]
default_ca = one
[one]
database = ${folder}/index
new_certs_dir = ${folder}
serial = ${folder}/serial
default_md = sha256
policy = any
[any]
commonName = supplied
`;

export class Certificates {
  constructor(folder) {
    this.folder = join(folder, 'tls');
    mkdirSync(this.folder);
    this.authority = join(this.folder, 'ca.pem');
    this.made = new Map();
    this.openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=Test authority', '-keyout', 'ca.key', '-out', 'ca.pem');
    writeFileSync(join(this.folder, 'index'), '');
    writeFileSync(join(this.folder, 'serial'), '01\n');
    writeFileSync(join(this.folder, 'ca.conf'), config(this.folder));
  }

  openssl(...args) { execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' }); }

  // good, expired, wrong_name, self_signed, old_tls
  get(kind) {
    if (!this.made.has(kind)) this.made.set(kind, this.make(kind));
    return this.made.get(kind);
  }

  make(kind) {
    const name = kind;
    const read = (end) => readFileSync(join(this.folder, `${name}.${end}`));
    const versions = kind === 'old_tls' ? { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } : {};
    if (kind === 'self_signed') {
      this.openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', `${name}.key`, '-out', `${name}.pem`);
      return { key: read('key'), cert: read('pem') };
    }
    writeFileSync(join(this.folder, `${name}.ext`), `subjectAltName=${kind === 'wrong_name' ? 'DNS:elsewhere.example' : 'IP:127.0.0.1'}\n`);
    this.openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const [from, to] = kind === 'expired' ? ['20200101000000Z', '20210101000000Z'] : ['20200101000000Z', '20990101000000Z'];
    this.openssl('ca', '-batch', '-notext', '-config', 'ca.conf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-in', `${name}.csr`, '-extfile', `${name}.ext`,
      '-startdate', from, '-enddate', to, '-out', `${name}.pem`);
    return { key: read('key'), cert: read('pem'), ...versions };
  }
}
