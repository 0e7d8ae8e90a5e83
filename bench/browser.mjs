// W7 where a person sits: the list of users in Debian's chromium. Times run from the browser's own event (a key, a click) to the frame
// that shows its result; what the server spent on it stands beside, because other work on the machine does not move that.
import { readdirSync, readFileSync } from 'node:fs';
import { openBrowser } from '../tests/browser/lib/browser.mjs';
import { now } from './world.mjs';
import { percentile } from './reads.mjs';

const OWNER = { name: 'bench', password: 'a million people in an orchard' };
const KEY_GAP_MS = 90; // between the keys of somebody who types well
const KEY_BUDGET_MS = 200;

const GIVEN = ['ada', 'ben', 'clara', 'greta', 'zoe', 'theo', 'olga', 'hugo', 'rosa', 'vera'];
const FAMILY = ['apfelbaum', 'hawthorn', 'quince', 'walnut', 'sorrel', 'elder', 'orchard', 'medlar'];

async function begin({ pomona }, ui) {
  const code = [...pomona.program.text().matchAll(/Set-up code:\s+(\S+)/g)].at(-1)?.[1]; // the log of a kept folder has several
  const made = await ui.context.request.post('/api/v1/setup', { data: { code: code ?? 'none', email: 'bench@school.example.org', ...OWNER } });
  if (made.status() === 200) return;
  const entered = await ui.context.request.post('/api/v1/session', { data: OWNER });
  if (entered.status() !== 200) throw new Error(`no way in: ${await entered.text()}`);
}

// In the page: when the last key went down or the last click was made, and the time of the first frame that shows what is wanted.
function watch() {
  addEventListener('keydown', (event) => { window.began = event.timeStamp; }, true);
  addEventListener('click', (event) => { window.began = event.timeStamp; }, true);
  window.until = (isThere, wanted) => new Promise((done, fail) => {
    const late = performance.now() + 20_000;
    const look = () => {
      const text = document.body.innerText, list = document.querySelector('table[data-rows]');
      // The frame is on the screen when the task after it runs.
      if (isThere({ text, list, wanted })) setTimeout(() => done(performance.now() - window.began));
      else if (performance.now() > late) fail(new Error(`never seen: ${JSON.stringify(wanted)}`));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

const IS = {
  // The rows of the search that the box holds, marked; or word that there are none.
  searched: `({ text, list, wanted }) => new URLSearchParams(location.search).get('q') === wanted && ((list && list.getAttribute('aria-busy') !== 'true'
    && list.querySelector('mark')?.textContent.toLowerCase() === wanted) || text.includes('No users match'))`,
  rows: `({ list, wanted }) => list && list.getAttribute('aria-busy') !== 'true' && list.tBodies[0].rows[0]?.innerText !== wanted && location.search.includes(window.expected)`,
  text: `({ text, wanted }) => text.includes(wanted)`,
  dialog: `({ wanted }) => Boolean(document.querySelector(wanted))`,
};
const expects = (page, what, wanted) => page.evaluate(`window.until(${IS[what]}, ${JSON.stringify(wanted)})`);
const firstRow = (page) => page.evaluate(() => document.querySelector('table[data-rows]')?.tBodies[0].rows[0]?.innerText ?? '');

// Milliseconds of CPU of everything below this process but server and twin: the browser.
function browserCpu(others) {
  const all = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
      all.set(Number(pid), { parent: Number(stat[1]), ms: (Number(stat[11]) + Number(stat[12])) * 10 });
    } catch { /* it ended meanwhile */ }
  }
  const isOurs = (pid) => pid === process.pid || (all.has(pid) && !others.includes(pid) && isOurs(all.get(pid).parent));
  return [...all].reduce((sum, [pid, one]) => sum + (pid !== process.pid && isOurs(pid) ? one.ms : 0), 0);
}

class Times {
  constructor(w) { Object.assign(this, { pomona: w.pomona, others: [w.pomona.program.child.pid, w.twin.program.child.pid], rows: new Map() }); }
  async take(name, act) {
    const cpu = this.pomona.cpu(), drawn = browserCpu(this.others), ms = await act();
    const row = this.rows.get(name) ?? this.rows.set(name, { ms: [], cpu: 0, drawn: 0 }).get(name);
    row.ms.push(ms);
    row.cpu += this.pomona.cpu() - cpu;
    row.drawn += browserCpu(this.others) - drawn;
  }
  all() {
    return [...this.rows].map(([name, { ms, cpu, drawn }]) => ({ name, times: ms.length, p50: percentile(ms, 0.5), p95: percentile(ms, 0.95), cpu: cpu / ms.length, drawn: drawn / ms.length }));
  }
}

const box = (page) => page.getByRole('textbox', { name: 'Search users' });
async function clearSearch(page) {
  await box(page).fill('');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => !location.search.includes('q=') && document.querySelector('table[data-rows]')?.getAttribute('aria-busy') !== 'true');
}

// Typed without a stop; the last key counts.
async function typeWord(page, word) {
  await box(page).focus();
  await page.keyboard.type(word.slice(0, -1), { delay: KEY_GAP_MS });
  await page.waitForTimeout(KEY_GAP_MS);
  const seen = expects(page, 'searched', word);
  await page.keyboard.press(word.at(-1));
  return seen;
}

async function open(page, location) {
  const started = now();
  await page.goto(`/user?location=${location}`, { waitUntil: 'commit' });
  await page.waitForFunction(() => document.querySelector('table[data-rows]')?.tBodies[0].rows.length === 50);
  return now() - started;
}

async function pressed(page, button, what, wanted) {
  const seen = expects(page, what, wanted);
  await button.click();
  return seen;
}

const chooseAll = async (page) => {
  await page.getByRole('button', { name: 'More ways to select' }).click();
  return page.getByRole('menuitem', { name: /^Select all matching/ });
};
const action = (page, name) => page.getByRole('toolbar', { name: 'VPP actions' }).getByRole('button', { name, exact: true });

async function preview(page, name, verb) {
  await action(page, name).hover();
  const ms = await pressed(page, action(page, name), 'dialog', `[data-dialog=${verb}][data-ready]`);
  await page.keyboard.press('Escape');
  await page.locator(`[data-dialog=${verb}]`).waitFor({ state: 'detached' });
  return ms;
}

async function search(page, times, round) {
  const given = GIVEN[round % GIVEN.length], family = FAMILY[(round * 3) % FAMILY.length], number = 1 + ((round * 104_729) % 1_000_000);
  for (const [name, word] of [['type a full name', `${given} ${family}`], ['type a family name', family], ['type a number in a user name', String(number)]]) {
    await times.take(`${name}, last key`, () => typeWord(page, word));
    await clearSearch(page);
  }
  await box(page).focus();
  for (let at = 1; at <= given.length; at++)
    await times.take('one key after the other', () => typeWordOn(page, given.slice(0, at)));
  await clearSearch(page);
}

async function typeWordOn(page, soFar) {
  const seen = expects(page, 'searched', soFar);
  await page.keyboard.press(soFar.at(-1));
  return seen;
}

async function turn(page, times) {
  await page.evaluate(() => { window.expected = 'page=2'; });
  await times.take('next page', async () => pressed(page, page.getByRole('button', { name: 'Next page' }), 'rows', await firstRow(page)));
  await page.evaluate(() => { window.expected = 'state='; });
  const tab = (name) => page.getByRole('navigation', { name: 'Ready-made filters' }).getByRole('link', { name, exact: true });
  await times.take('another filter', async () => pressed(page, tab('Not accepted yet'), 'rows', await firstRow(page)));
  await tab('All').click();
  await page.waitForFunction(() => !location.search.includes('state='));
}

async function choose(page, times, everyone) {
  await times.take('select all matching: the number', async () => pressed(page, await chooseAll(page), 'text', `All ${everyone} matching users are selected.`));
  await times.take('invite all matching: the preview', () => preview(page, 'Send VPP invitation', 'invite'));
  await times.take('delete all matching: the preview', () => preview(page, 'Delete from VPP', 'delete'));
  await page.getByRole('button', { name: 'Clear selection' }).click();
}

async function visit(page, times) {
  const link = page.locator('table[data-rows] tbody a').nth(7), name = await link.textContent();
  await times.take('the user’s page', () => pressed(page, link, 'text', `${name}\n`).then(async (ms) => {
    await page.getByRole('heading', { level: 1, name }).waitFor();
    return ms;
  }));
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('table[data-rows]')?.tBodies[0].rows.length === 50);
}

// Rounds of everything until enough(round) says so.
async function rounds(w, page, { everyone, location }, enough) {
  const times = new Times(w);
  for (let round = 0; !await enough(round); round++) {
    await times.take('first page, files kept', () => open(page, location));
    await page.getByText(`${everyone} users`).first().waitFor();
    await search(page, times, round);
    await turn(page, times);
    await choose(page, times, everyone);
    await visit(page, times);
  }
  return times.all();
}

// Another location, whose list is read from Apple meanwhile.
async function addOther({ pomona, twin }, users) {
  await twin.knobs({ page_size: 549, limits: { maxRequestPerSecond: 2000 } });
  const { uid, token_file: token } = await twin.post('/control/locations', { name: 'Bench', organisation: 'Bench' });
  await twin.post(`/control/locations/${uid}/users`, { count: users, status: 'Associated' });
  return (await pomona.addLocation(token)).id;
}

export async function measureBrowser({ say, table, fixed, filled }, people, { users = 500_000, times = 10 } = {}) {
  const w = await filled(people);
  const ui = await openBrowser({ base: w.pomona.url });
  try {
    const { page } = ui, everyone = people.toLocaleString('en');
    // The first that was added: other measurements in the same folder may have added theirs.
    const { items } = await w.pomona.get('/api/v1/locations');
    const there = { everyone, location: w.location ?? Math.min(...items.map((one) => one.id)) };
    await begin(w, ui);
    await page.addInitScript(watch);
    const cold = await open(page, there.location);
    await rounds(w, page, there, (round) => round >= 1); // warms up
    const idle = await rounds(w, page, there, (round) => round >= times);
    const other = await addOther(w, users), started = now();
    const { job } = await w.pomona.post('/api/v1/vpp-users/sync', { location: other });
    const busy = await rounds(w, page, there, async (round) => round > 0 && !['waiting', 'running'].includes((await w.pomona.get(`/api/v1/jobs/${job.id}`)).state));
    say(`W7 in the browser at ${everyone} users, alone and while ${users.toLocaleString('en')} users of another location are read and written `
      + `(${((now() - started) / 1000).toFixed(0)} s): from the key or click to the frame that shows the result, milliseconds p50 / p95 (CPU of server + browser, all keys of a word)`);
    say();
    const of = (row) => row ? `${fixed(row.p50)} / ${fixed(row.p95)} (${fixed(row.cpu)} + ${fixed(row.drawn)})` : '';
    table(['what', 'times', 'alone', 'meanwhile'], [['first page, nothing kept', 1, fixed(cold), ''],
      ...idle.map((row) => [row.name, row.times, of(row), of(busy.find((one) => one.name === row.name))])]);
    const late = idle.filter((row) => /key/.test(row.name) && row.p95 > KEY_BUDGET_MS).map((row) => row.name);
    say(late.length ? `Over ${KEY_BUDGET_MS} ms from key to result (p95): ${late.join('; ')}.` : `From key to result within ${KEY_BUDGET_MS} ms (p95), the pause of the search box included.`);
    say();
  } finally {
    await ui.close();
    await w.end();
  }
}
