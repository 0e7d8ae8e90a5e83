// Every page and its states, in both themes: axe finds nothing, the console stays quiet, and the picture is the one in docs/portal.
// How they stand on a telephone is languages.test.mjs's, where the words are longer.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertContrast, assertNothingMoves, assertReflows, walk } from './lib/access.mjs';
import { openBrowser } from './lib/browser.mjs';
import { fillOrchard } from './lib/orchard.mjs';
import { compare, difference, take } from './lib/picture.mjs';
import { emptyPages, filledPages, open } from './lib/tour.mjs';
import { startWorld } from './lib/world.mjs';

const WALKED = ['dashboard', 'user', 'person', 'application', 'job-failed', 'plan', 'audit', 'vpp-server-setting'];
const THEMES = ['light', 'dark'];
const looks = { light: { height: 800 }, dark: { height: 800, dark: true } };

describe('pages', { concurrency: false }, () => {
	const seen = {};
	let world, ids;
	let drawn = 0;

	before(async () => {
		world = await startWorld({ doors: true, caller: 'mira' });
		for (const look of Object.keys(looks)) seen[look] = await openBrowser({ base: world.portal, ...looks[look] });
	});
	after(async () => {
		for (const ui of Object.values(seen)) await ui.close();
		await world?.stop();
	});

	async function look(one, theme) {
		const ui = seen[theme];
		ui.forgive(/the server responded with a status of (404|503)/);
		await open(ui.page, one);
		await ui.axe(`${one.name}, ${theme}`);
		await compare(ui.page, one.oneTheme ? one.name : `${one.name}-${theme}`);
		drawn += await assertContrast(ui.page, `${one.name}, ${theme}`);
		await assertNothingMoves(ui.page, one.name);
		if (theme === 'light') await assertReflows(ui.page, one.name);
		await ui.page.unrouteAll();
	}
	const themesOf = (one) => (one.oneTheme ? ['light'] : THEMES);

	it('sets up', async () => {
		for (const theme of THEMES) await look({ name: 'set-up', path: '/' }, theme);
		await world.begin(seen.light);
	});

	it('signs in', async () => {
		for (const theme of THEMES.slice(1)) await look({ name: 'sign-in', path: '/', oneTheme: true }, theme);
		const cookies = await seen.light.context.cookies();
		for (const ui of Object.values(seen)) await ui.context.addCookies(cookies);
	});

	for (const one of emptyPages) {
		it(`${one.name}, with nothing connected`, async () => {
			for (const theme of themesOf(one)) await look(one, theme);
		});
	}

	it('has a school to show', async () => {
		ids = await fillOrchard(world);
	});

	for (const { name } of filledPages({})) {
		it(name, async () => {
			const one = filledPages(ids).find((page) => page.name === name);
			for (const theme of themesOf(one)) await look(one, theme);
		});
	}

	it('is walked with Tab: what has the focus is there, marked and not covered', async () => {
		const { page } = seen.light;
		let stops = 0;
		for (const one of filledPages(ids).filter(({ name }) => WALKED.includes(name))) {
			await open(page, one);
			stops += await walk(page, one.name);
		}
		await page.setViewportSize({ width: 640, height: 400 }); // where parts that stick cover the most
		for (const one of filledPages(ids).filter(({ name }) => ['user', 'vpp-server-setting'].includes(name))) {
			await open(page, one);
			stops += await walk(page, `${one.name} at 200 %`);
		}
		await page.setViewportSize({ width: 1280, height: 800 });
		assert.ok(stops > 200, `${stops} stops`);
		assert.ok(drawn > 500, `${drawn} labels and shapes`);
	});

	it('marks the current page and the parts of charts with the colours of the system, too', async () => {
		const { page } = seen.light;
		await page.emulateMedia({ forcedColors: 'active' });
		await open(page, { path: '/dashboard' });
		const marks = await page.evaluate(() => [...document.querySelectorAll('nav a')].map((one) => [one.getAttribute('aria-current'), getComputedStyle(one).borderInlineStartWidth, getComputedStyle(one).borderInlineStartStyle]));
		assert.deepEqual(marks.filter(([current]) => current).map(([, ...mark]) => mark), [['2px', 'solid']]);
		assert.ok(marks.length > 5 && marks.every(([current, , style]) => current || style === 'none'), JSON.stringify(marks));
		const fills = await page.evaluate(() => [...new Set([...document.querySelectorAll('.pomona-swatch')].map((one) => getComputedStyle(one).backgroundColor))]);
		assert.ok(fills.length > 2, `the swatches differ: ${fills}`);
		await seen.light.shot('forced-colours');
		await page.emulateMedia({ forcedColors: 'none' });
	});

	it('would see a page that looks otherwise', async () => {
		const { page } = seen.light;
		await open(page, { path: '/dashboard' });
		const right = await take(page);
		await page.evaluate(() => document.querySelector('.pf-v6-c-card').style.setProperty('display', 'none'));
		assert.ok(difference(right, await take(page)).part > 0.02);
		assert.equal(difference(right, right).part, 0);
	});

	it('left no error in the console', () => {
		for (const ui of Object.values(seen)) ui.assertQuiet();
	});
});
