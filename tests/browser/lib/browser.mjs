// A browser that talks to nobody but the server under test, and remembers everything it complained of.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const require = createRequire(path.join(root, 'web/package.json'));
const { chromium } = require('playwright-core');
const axeSource = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SHOTS = path.join(root, 'build/screenshots');

/** Opens the browser. `expected` are texts of console errors that a step means to cause (a refused upload, say). */
export async function openBrowser({ base, width = 1280, height = 900, dark = false, locale = 'en-US' }) {
	const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
	const context = await browser.newContext({ baseURL: base, viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce', locale });
	const page = await context.newPage();
	page.setDefaultTimeout(20_000);
	const complaints = [];
	const forgiven = [];
	page.on('console', (message) => {
		if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
	});
	page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
	await mkdir(SHOTS, { recursive: true });
	return {
		browser, context, page,
		/** A refusal that the step asks for: the browser logs every 4xx answer as an error. */
		forgive(pattern) { forgiven.push(pattern); },
		assertQuiet() {
			const left = complaints.filter((text) => !forgiven.some((pattern) => pattern.test(text)));
			assert.deepEqual(left, [], 'the console stays free of errors');
		},
		async shot(name) { await page.screenshot({ path: path.join(SHOTS, `${name}.png`) }); },
		async axe(where) {
			await page.evaluate(axeSource);
			const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), RULES);
			const words = found.violations.map((one) => `${one.id}: ${one.help}; ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
			assert.deepEqual(words, [], `axe finds nothing on ${where}`);
		},
		close: () => browser.close(),
	};
}
