// Pictures of pages, compared with the ones in docs/portal. POMONA_PICTURES=write takes them anew (script/pictures).
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const require = createRequire(path.join(root, 'web/package.json'));
const { PNG } = require('pngjs');
const { default: pixelmatch } = await import(pathToFileURL(require.resolve('pixelmatch')));

const KEPT = path.join(root, 'docs/portal');
const WRONG = path.join(root, 'build/pictures');
const WRITES = process.env.POMONA_PICTURES === 'write';
// Letters that are drawn a little otherwise by another version of the browser stay below both.
const COLOUR_DIFFERENCE = 0.2;
const PART_DIFFERENT = 0.02;

/** The part of the pixels that differ, and a picture of them. Pictures of two sizes are wholly different. */
export function difference(one, other) {
	const [a, b] = [PNG.sync.read(one), PNG.sync.read(other)];
	if (a.width !== b.width || a.height !== b.height) return { part: 1, picture: other };
	const diff = new PNG({ width: a.width, height: a.height });
	const count = pixelmatch(a.data, b.data, diff.data, a.width, a.height, { threshold: COLOUR_DIFFERENCE });
	return { part: count / (a.width * a.height), picture: PNG.sync.write(diff) };
}

/** The page as it stands, with one font and without what every run has of its own: times, and record numbers by chance. */
export async function take(page) {
	await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], .pf-v6-c-skeleton, .pf-v6-c-spinner'));
	await page.evaluate(async () => {
		const style = document.documentElement.style;
		for (const part of ['body', 'heading']) style.setProperty(`--pf-t--global--font--family--${part}`, '"Noto Sans"');
		style.setProperty('--pf-t--global--font--family--mono', '"Noto Sans Mono"');
		for (const time of document.querySelectorAll('time')) time.textContent = Date.parse(time.dateTime) > Date.now() ? 'in 6 hours' : 'a minute ago';
		const walk = document.createTreeWalker(document.getElementById('root').parentNode, NodeFilter.SHOW_TEXT);
		while (walk.nextNode()) {
			const { data } = walk.currentNode;
			const same = data.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '4a14ab46-55b7-4dc7-801f-857a710cb22a');
			if (same !== data) walk.currentNode.data = same;
		}
		await document.fonts.ready;
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
	});
	return page.screenshot({ caret: 'hide', animations: 'disabled' });
}

/** Compares the page with the picture of that name, or keeps it under that name. */
export async function compare(page, name) {
	const now = await take(page);
	const file = path.join(KEPT, `${name}.png`);
	if (WRITES) {
		await mkdir(KEPT, { recursive: true });
		await writeFile(file, now);
		return;
	}
	const kept = await readFile(file).catch(() => null);
	const { part, picture } = kept ? difference(kept, now) : { part: 1, picture: now };
	if (part <= PART_DIFFERENT) return;
	await mkdir(WRONG, { recursive: true });
	await writeFile(path.join(WRONG, `${name}.png`), now);
	await writeFile(path.join(WRONG, `${name}-difference.png`), picture);
	assert.fail(`${name} looks otherwise than docs/portal/${name}.png: ${(part * 100).toFixed(1)} % of the pixels. See build/pictures; if it is meant, run script/pictures.`);
}
