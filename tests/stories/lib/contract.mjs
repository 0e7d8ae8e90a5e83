// Compares answers with api/openapi.yaml. Stricter than the document needs: a member that the document does not
// describe is a fault too, so that the document stays the truth.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const document = fileURLToPath(new URL('../../../api/openapi.yaml', import.meta.url));
const toJson = 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1], encoding="utf-8")), sys.stdout)';
let loaded;

export function contract() {
  loaded ??= JSON.parse(execFileSync('python3', ['-c', toJson, document], { encoding: 'utf8', maxBuffer: 1 << 26 }));
  return loaded;
}

function resolve(schema) {
  let at = schema;
  while (at.$ref) {
    at = at.$ref.slice(2).split('/').reduce((value, key) => value[key], contract());
  }
  return at;
}

const typeOf = (value) => value === null ? 'null'
  : Array.isArray(value) ? 'array'
    : Number.isInteger(value) ? 'integer'
      : typeof value;

// All members that an object may have, over allOf.
function membersOf(schema) {
  const s = resolve(schema);
  return Object.assign({}, s.properties, ...(s.allOf ?? []).map(membersOf));
}

function checkObject(value, s, where, faults) {
  for (const key of s.required ?? []) {
    if (!(key in value)) faults.push(`${where}.${key} is missing`);
  }
  for (const [key, member] of Object.entries(s.properties ?? {})) {
    if (key in value) check(value[key], member, `${where}.${key}`, faults);
  }
  if (s.properties && s.additionalProperties !== true && !s.partOfAll) {
    for (const key of Object.keys(value)) {
      if (!(key in s.properties)) faults.push(`${where}.${key} is not in the document`);
    }
  }
}

function check(value, schema, where, faults) {
  const s = resolve(schema);
  if (s.oneOf) {
    const outcomes = s.oneOf.map((one) => { const own = []; check(value, one, where, own); return own; });
    if (!outcomes.some((own) => own.length === 0)) faults.push(...outcomes.sort((a, b) => a.length - b.length)[0]);
    return;
  }
  if (s.allOf) {
    const known = membersOf(s);
    for (const part of s.allOf) check(value, { ...resolve(part), partOfAll: true }, where, faults);
    for (const key of Object.keys(value ?? {})) {
      if (!(key in known)) faults.push(`${where}.${key} is not in the document`);
    }
    return;
  }
  const types = [].concat(s.type ?? []);
  const type = typeOf(value);
  if (types.length && !types.includes(type) && !(type === 'integer' && types.includes('number'))) {
    faults.push(`${where} is ${JSON.stringify(value)}, not ${types.join(' or ')}`);
    return;
  }
  if (s.enum && !s.enum.includes(value)) faults.push(`${where} is ${JSON.stringify(value)}, not one of ${s.enum.join(', ')}`);
  if (s.format === 'date-time' && value !== null && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) {
    faults.push(`${where} is ${JSON.stringify(value)}, not a time in UTC`);
  }
  if (s.pattern && typeof value === 'string' && !new RegExp(s.pattern).test(value)) {
    faults.push(`${where} is ${JSON.stringify(value)}, not ${s.pattern}`);
  }
  if (type === 'object') checkObject(value, s, where, faults);
  if (type === 'array') {
    if (s.maxItems !== undefined && value.length > s.maxItems) faults.push(`${where} has more than ${s.maxItems} items`);
    value.forEach((item, i) => s.items && check(item, s.items, `${where}[${i}]`, faults));
  }
}

// The path of the document that a real path belongs to: a literal segment beats a parameter.
function patternOf(path) {
  const parts = path.split('?')[0].split('/');
  const fits = Object.keys(contract().paths).filter((pattern) => {
    const segments = pattern.split('/');
    return segments.length === parts.length
      && segments.every((segment, i) => segment.startsWith('{') || segment === parts[i]);
  });
  return fits.sort((a, b) => (a.match(/\{/g) ?? []).length - (b.match(/\{/g) ?? []).length)[0];
}

// What is wrong with an answer, as a list of sentences. body is the parsed JSON, or undefined.
export function faultsOf(method, path, status, contentType, body) {
  const pattern = patternOf(path);
  const operation = contract().paths[pattern]?.[method.toLowerCase()];
  if (!operation) return status === 404 || status === 405 ? [] : [`${method} ${path} is not in the document`];
  const response = operation.responses[status] ?? (status >= 400 ? operation.responses.default : undefined);
  if (!response) return [`${method} ${pattern} answered ${status}, which is not in the document`];
  const content = resolve(response).content;
  if (!content) return body === undefined ? [] : [`${method} ${pattern} answered ${status} with a body`];
  const type = (contentType ?? '').split(';')[0];
  if (!content[type]) return [`${method} ${pattern} answered ${status} as ${type}, not ${Object.keys(content)}`];
  const faults = [];
  if (type.endsWith('json')) check(body, content[type].schema, `${method} ${pattern} ${status}`, faults);
  return faults;
}
