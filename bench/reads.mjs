// W7: the list of users at the API, one client, one connection kept open. p50 and p99 in milliseconds, and the
// server's CPU for each answer, which other work on the machine does not move.
import http from 'node:http';
import { now } from './world.mjs';

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

// {ms, body} of one GET.
export function timed(pomona, path) {
  return new Promise((done, fail) => {
    const started = now();
    http.get({ agent, host: '127.0.0.1', port: pomona.port, path, headers: { authorization: `Bearer ${pomona.token}` } }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () => {
        const ms = now() - started;
        const body = Buffer.concat(pieces).toString();
        if (answer.statusCode !== 200) fail(new Error(`${path}: ${answer.statusCode} ${body}`));
        else done({ ms, body });
      });
    }).on('error', fail);
  });
}

export const percentile = (times, part) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))];

const pick = (list, i) => list[(i * 7919) % list.length];
const given = ['ada', 'ben', 'clara', 'greta', 'zoe', 'theo', 'olga', 'hugo'];
const family = ['apfelbaum', 'hawthorn', 'quince', 'walnut', 'sorrel', 'elder', 'orchard', 'medlar'];

// What people ask for. each(i) gives the i-th path; count: so often, where one is slow by nature.
export function questions(people, lastCursor, location = '') {
  const here = location && `&location=${location}`;
  const list = (query) => `/api/v1/people?limit=50${here}${query && `&${query}`}`;
  const count = (query) => `/api/v1/people?limit=1&count=1${here}${query && `&${query}`}`;
  const n = (i) => 1 + ((i * 104729) % people);
  return [
    ['empty answer (/healthz)', () => '/healthz'],
    ['one user by id', (i) => `/api/v1/people/${n(i)}${here && `?${here.slice(1)}`}`],
    ['first page', () => list('')],
    ['first page, Z to A', () => list('sort=-name')],
    ['last page', () => list(`after=${lastCursor}`)],
    ['search: one user name', (i) => list(`q=${pick(given, i)}.${pick(family, i)}${n(i)}`)],
    ['search: number inside a name', (i) => list(`q=${String(n(i)).padStart(3, '0')}`)],
    ['search: given name', (i) => list(`q=${pick(given, i)}`)],
    ['search: full name', (i) => list(`q=${pick(given, i)}%20${pick(family, i)}`)],
    ['search: part that all have', () => list('q=school.example')],
    ['search: two letters', (i) => list(`q=${pick(given, i).slice(0, 2)}`)],
    ['search: one letter that few have', () => list('q=x')],
    ['search: one letter that many have', (i) => list(`q=${pick(given, i).slice(0, 1)}`)],
    ['search: nobody', (i) => list(`q=xqz${i}`)],
    ['search: serial number', (i) => list(`q=ZZ${String(n(i)).padStart(10, '0')}`)],
    ['state: invited', () => list('state=invited')],
    ['state: none', () => list('state=none')],
    ['state: checking (1 in 1,000)', () => list('state=checking')],
    ['state: failed (1 in 2,000)', () => list('state=failed')],
    ['not eligible', () => list('eligible=0')],
    ['not active (1 in 25)', () => list('active=0')],
    ['search and state', (i) => list(`q=${pick(family, i)}&state=invited`)],
    ...['email', '-email', 'department', '-department', 'state', '-state', 'synced', '-synced'].map((word) => [`sort: ${word}`, () => list(`sort=${word}`)]),
    ['sort: email, state registered (1 in 20)', () => list('sort=email&state=registered')],
    ['sort: email, state checking', () => list('sort=email&state=checking')],
    ['sort: department, not active', () => list('sort=-department&active=0')],
    ['sort: state, a search', (i) => list(`sort=state&q=${pick(given, i)}%20${pick(family, i)}`)],
    ['sort: email, a search', (i) => list(`sort=email&q=${n(i)}`)],
    ['count: everyone', () => count('')],
    ['count: eligible', () => count('eligible=1')],
    ['count: a search', (i) => count(`q=${pick(family, i)}`)],
    ['count: associated', () => count('state=associated')],
    ['count: associated and eligible', () => count('state=associated&eligible=1')],
  ];
}

// The cursor before the last page, found by turning the list around.
export async function lastCursor(pomona) {
  const { body } = await timed(pomona, '/api/v1/people?limit=51&sort=-name');
  const before = JSON.parse(body).items.at(-1);
  return Buffer.from(`${before.id}:${before.display_name.toLowerCase()}`).toString('base64url');
}

export async function reads(pomona, people, { times = 100, only = /./ } = {}) {
  const rows = [];
  for (const [name, each] of questions(people, await lastCursor(pomona)).filter(([name]) => only.test(name))) {
    for (let i = 0; i < 3; i++) await timed(pomona, each(times + i));
    const took = [], cpu = pomona.cpu();
    let found;
    for (let i = 0; i < times; i++) {
      const { ms, body } = await timed(pomona, each(i));
      took.push(ms);
      found = JSON.parse(body).items?.length;
    }
    rows.push({ name, p50: percentile(took, 0.5), p99: percentile(took, 0.99), cpu: (pomona.cpu() - cpu) / times, found });
  }
  return rows;
}

// All questions in turn until enough() says so: {name: [ms, …]}.
async function inTurn(pomona, asked, enough) {
  const took = Object.fromEntries(asked.map(([name]) => [name, []]));
  for (let i = 0; !await enough(i); i++)
    for (const [name, each] of asked) took[name].push((await timed(pomona, each(i))).ms);
  return took;
}

// The same questions while another location's list is read from Apple and written, and before that in the same run.
export async function readsDuringSync(w, people, { users = 200_000, rounds = 40 } = {}) {
  const { pomona, twin } = w;
  const cursor = await lastCursor(pomona);
  const { items: [{ id: first }] } = await pomona.get('/api/v1/locations');
  await twin.knobs({ page_size: 549, limits: { maxRequestPerSecond: 2000 } });
  const { uid, token_file: token } = await twin.post('/control/locations', { name: 'Bench', organisation: 'Bench' });
  await twin.post(`/control/locations/${uid}/users`, { count: users, status: 'Associated' });
  const { id } = await pomona.addLocation(token);
  const asked = questions(people, cursor, first);
  const idle = await inTurn(pomona, asked, (i) => i >= rounds);
  const started = now();
  const { job } = await pomona.post('/api/v1/vpp-users/sync', { location: id });
  const busy = await inTurn(pomona, asked, async () => !['waiting', 'running'].includes((await pomona.get(`/api/v1/jobs/${job.id}`)).state));
  const seconds = (now() - started) / 1000;
  return { users, seconds, rounds: busy[asked[0][0]].length, rows: asked.map(([name]) => ({ name,
    idle: { p50: percentile(idle[name], 0.5), p99: percentile(idle[name], 0.99) },
    busy: { p50: percentile(busy[name], 0.5), p99: percentile(busy[name], 0.99) } })) };
}
