// What axe cannot see: whether a page fits where it is narrow, where the focus is, what moves, and the colours of what is drawn.
import assert from 'node:assert/strict';

const STOPS_MOST = 150;

/** Nothing reaches out of the page to the side, and no text is cut off. */
export async function assertFits(page, where) {
	const faults = await page.evaluate(() => {
		const root = document.scrollingElement;
		const main = document.querySelector('#main') ?? root;
		const wide = [root, main].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => `${one.id || one.tagName} is ${one.scrollWidth} wide of ${one.clientWidth}`);
		const cut = [...document.querySelectorAll('button, a, h1, h2, h3, label, .pf-v6-c-label__text, .pf-v6-c-button__text')].filter((one) => {
			const style = getComputedStyle(one);
			const isSeen = one.clientWidth > 1 && style.overflowX !== 'visible' && !one.closest('.pf-v6-screen-reader');
			return isSeen && one.scrollWidth > one.clientWidth + 1;
		}).map((one) => `cut off: ${one.textContent.slice(0, 60)}`);
		return [...wide, ...cut];
	});
	assert.deepEqual(faults, [], where);
}

/** The page at 200 % of a screen 1280 wide, at 320, and there with the wider text of WCAG 1.4.12 too. */
export async function assertReflows(page, where) {
	const before = page.viewportSize();
	try {
		await narrow(page, where);
	} finally {
		await page.evaluate(() => { document.adoptedStyleSheets = []; });
		await page.setViewportSize(before);
	}
}

async function narrow(page, where) {
	for (const [width, height] of [[640, 400], [320, 640]]) {
		await page.setViewportSize({ width, height });
		await assertFits(page, `${where} at ${width}`);
	}
	await page.evaluate(() => {
		const sheet = new CSSStyleSheet(); // not a style element: the policy has none of those
		sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-block-end: 2em !important; }');
		document.adoptedStyleSheets = [sheet];
	});
	await assertFits(page, `${where} at 320, with wider text`);
}

export async function assertNothingMoves(page, where) {
	const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running' && one.effect.getComputedTiming().duration > 1)
		.map((one) => `${one.animationName ?? one.transitionProperty} on ${one.effect.target.className}`));
	assert.deepEqual(moving, [], `${where}: with reduced motion nothing moves`);
}

/** Walks with Tab through the page: what has the focus is there, is marked, and is not covered. Gives how many stops there were. */
export async function walk(page, where) {
	const faults = new Set();
	await page.evaluate(() => { document.activeElement?.blur(); window.scrollTo(0, 0); document.body.focus(); });
	let stops = 0;
	for (; stops < STOPS_MOST; stops++) {
		await page.keyboard.press('Tab');
		const found = await page.evaluate(async () => {
			const frame = () => new Promise(requestAnimationFrame);
			await frame();
			const one = document.activeElement;
			if (!one || one === document.body) return null;
			if (one.dataset.walked) return 'again';
			one.dataset.walked = '1';
			const name = `${one.tagName} ${(one.getAttribute('aria-label') ?? one.textContent).trim().slice(0, 50)}`;
			const fault = () => {
				const box = one.getBoundingClientRect();
				if (box.width < 2 || box.height < 2) return 'cannot be seen';
				if (box.bottom < 1 || box.top > innerHeight - 1 || box.right < 1 || box.left > innerWidth - 1) return `is outside the window at ${Math.round(box.top)}`;
				// A mark is a line around it, on it, or on what stands for it.
				const marks = [one, ...one.querySelectorAll('*'), one.parentElement, one.parentElement.parentElement].flatMap((part) => [undefined, '::before', '::after'].map((side) => getComputedStyle(part, side)));
				if (!marks.some((style) => style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1)) return 'has no mark';
				const x = Math.min(innerWidth - 1, Math.max(0, box.left + box.width / 2));
				const at = (y) => document.elementFromPoint(x, Math.min(innerHeight - 1, Math.max(0, y)));
				const isMine = (top) => top && (one.contains(top) || top.contains(one) || one.labels?.[0]?.contains(top));
				const tops = [box.top + 2, box.top + box.height / 2, box.bottom - 2].map(at);
				return tops.some(isMine) ? null : `is covered by ${tops[1]?.className}`;
			};
			// What shows with the focus, and goes with it, does so a frame or two later.
			for (let frames = 0; frames < 10 && fault(); frames++) await frame();
			return fault() ? `${name}: ${fault()}` : '';
		});
		if (found === null || found === 'again') break;
		if (found) faults.add(found);
	}
	await page.evaluate(() => { for (const one of document.querySelectorAll('[data-walked]')) delete one.dataset.walked; });
	assert.deepEqual([...faults], [], `${where}, walked with Tab`);
	return stops;
}

/** Texts of labels 4.5 to 1, what is drawn 3 to 1, against what is behind them. Gives how many were looked at. */
export async function assertContrast(page, where) {
	const { seen, faults } = await page.evaluate(() => {
		const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
		const rgba = (colour) => {
			canvas.clearRect(0, 0, 1, 1);
			canvas.fillStyle = colour;
			canvas.fillRect(0, 0, 1, 1);
			return [...canvas.getImageData(0, 0, 1, 1).data];
		};
		const light = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
		const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
		const ratio = (one, other) => {
			const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
			return (a + 0.05) / (b + 0.05);
		};
		const behind = (element) => {
			for (let one = element; one; one = one.parentElement) {
				const sides = one.matches('.pf-v6-c-label__content') ? ['::before', undefined] : [undefined]; // where labels have their colour
				for (const side of sides) {
					const colour = rgba(getComputedStyle(one, side).backgroundColor);
					if (colour[3] > 250) return colour;
				}
			}
			return [255, 255, 255, 255];
		};
		const checks = [
			...[...document.querySelectorAll('.pf-v6-c-label__text, .pf-v6-c-badge, .pf-v6-c-banner')].map((one) => [one, getComputedStyle(one).color, behind(one), 4.5]),
			...[...document.querySelectorAll('.pf-v6-c-label__icon svg')].map((one) => [one, getComputedStyle(one).color, behind(one.parentElement), 3]),
			...[...document.querySelectorAll('svg [class*="pomona-fill-"], .pomona-line')].map((one) => [one, getComputedStyle(one).stroke, behind(one.closest('svg').parentElement), 3]),
			...[...document.querySelectorAll('.pomona-swatch')].map((one) => [one, getComputedStyle(one).backgroundColor, behind(one.parentElement), 3]),
		];
		const low = checks.map(([one, colour, back, least]) => [one, ratio(rgba(colour), back), least]).filter(([, is, least]) => is < least);
		return { seen: checks.length, faults: [...new Set(low.map(([one, is, least]) => `${one.getAttribute('class')} ${one.textContent.slice(0, 30)}: ${is.toFixed(2)} of ${least}`))] };
	});
	assert.deepEqual(faults, [], `${where}: contrast`);
	return seen;
}
