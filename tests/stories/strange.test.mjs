// Thousands of strange requests, made from the document of the API: none ends in a 5xx, a broken connection, or an
// answer that the document does not describe. POMONA_SEED repeats a run.
import assert from 'node:assert/strict';
import { contract } from './lib/contract.mjs';
import { school } from './lib/school.mjs';
import { story } from './lib/story.mjs';

const seed = Number(process.env.POMONA_SEED ?? 20261123);
const count = Number(process.env.POMONA_STRANGE ?? 2000);

// What clients really send when they are wrong, or hostile.
const odd = [null, true, 0, -1, 1.5, 1e300, 9007199254740993, '', ' ', '\u0000', 'ü'.repeat(300), 'x'.repeat(5000), '1', '../..', '😀', '<script>',
  "' or 1=1 --", '25:00', [], {}, ['a', null], [[[[[]]]]], [0], [1, 1], Array(200).fill(7)];
const ids = ['0', '1', '2', '-1', 'x', '9223372036854775807', '9223372036854775808', '1e3', '%31', '1.0', '١', '%00'];
const texts = ['Ada', 'a@b.example', 'de', 'mon', 'UTC', '03:30', 'people'];
const bodies = ['', 'user_name,display_name\na,b\n', 'a;b\n"', '{"a":1}', 'serial_number,user,platform,state\nX1,a,iOS,activated'];

// mulberry32
function dice(state) {
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

const roll = dice(seed);
const one = (list) => list[roll(list.length)];

function resolve(schema) {
  let at = schema;
  while (at.$ref) at = at.$ref.slice(2).split('/').reduce((value, key) => value[key], contract());
  return at;
}

// A value that mostly fits the schema.
function value(schema, depth = 0) {
  const s = resolve(schema);
  if (depth > 5 || roll(7) === 0) return one(odd);
  if (s.oneOf) return value(one(s.oneOf), depth + 1);
  if (s.enum) return one(s.enum);
  switch ([].concat(s.type ?? 'string')[0]) {
    case 'object': {
      const made = roll(10) === 0 ? { zz: 1 } : {};
      for (const [key, member] of Object.entries(s.properties ?? {})) {
        if (roll(3)) made[key] = value(member, depth + 1);
      }
      return made;
    }
    case 'array': return Array.from({ length: roll(4) }, () => value(s.items ?? {}, depth + 1));
    case 'integer': return roll(400);
    case 'boolean': return roll(2) === 0;
    default: return one(texts);
  }
}

function requestOf([pattern, method, operation]) {
  const query = (operation.parameters ?? []).map(resolve).filter((p) => p.in === 'query' && roll(2))
    .map((p) => `${p.name}=${encodeURIComponent(String(roll(4) ? value(p.schema) : one(odd)))}`);
  if (roll(15) === 0) query.push('limit=%ff');
  const path = pattern.replace(/\{\w+\}/g, () => one(ids)) + (query.length ? `?${query.join('&')}` : '');
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? ['application/json', {}];
  let body;
  if (operation.requestBody || (method !== 'GET' && roll(4) === 0)) {
    body = type === 'application/json' ? JSON.stringify(value(content.schema ?? { type: 'object' })) : one(bodies);
    if (roll(12) === 0) body = body.slice(0, roll(body.length + 1));
  }
  return { method, path, body, type: roll(15) ? type : 'text/plain', headers: roll(8) ? {} : { 'idempotency-key': `k${roll(5)}` } };
}

// The stream never ends; the others would end the session, the token or the location of this story.
const left = new Set(['GET /api/v1/events', 'DELETE /api/v1/session', 'DELETE /api/v1/api-tokens/{id}', 'DELETE /api/v1/locations/{id}']);

story(`${count} strange requests (seed ${seed})`, { timeout: 240_000 }, async (w) => {
  const { pomona } = w;
  await school(w);
  const operations = Object.entries(contract().paths).flatMap(([path, methods]) => Object.entries(methods)
    .map(([method, operation]) => [path, method.toUpperCase(), operation]))
    .filter(([path, method]) => !left.has(`${method} ${path}`));
  const seen = {};
  for (let i = 0; i < count; i++) {
    const { method, path, body, type, headers } = requestOf(one(operations));
    const { status } = await pomona.ask(method, path, body, { type, headers });
    assert.ok(status < 500, `${method} ${path} ${body}: ${status}`);
    seen[status] = (seen[status] ?? 0) + 1;
  }
  // The strange ones are not all refused at the first door.
  for (const status of [200, 400, 404, 409]) assert.ok(seen[status] > 5, JSON.stringify(seen));
  assert.equal((await pomona.get('/healthz')).status, 'ok');
});
