// en-XA, the language of nobody: English with accents, 40 % longer, between brackets. What stands on a page without the brackets
// did not come from a catalogue.
import { readFileSync } from 'node:fs';

const english = JSON.parse(readFileSync(new URL('../../../web/locales/en.json', import.meta.url), 'utf8'));
const ACCENTS = Object.fromEntries([...'aeiouyncszAEIOUYNCSZ'].map((letter, at) => [letter, [...'áéíóúýñçšžÁÉÍÓÚÝÑÇŠŽ'][at]]));

function lengthen(text) {
	const accented = text.split(/(\{\{\w+\}\})/).map((part) => (part.startsWith('{{') ? part : part.replace(/[a-z]/gi, (letter) => ACCENTS[letter] ?? letter))).join('');
	const more = Math.ceil(text.replace(/\{\{\w+\}\}/g, '').length * 0.4);
	return `⟦${accented}${' ~~~~~~'.repeat(Math.ceil(more / 7)).slice(0, more)}⟧`;
}

/** A catalogue in en-XA. */
export function pseudo(texts) {
	const said = Object.fromEntries(Object.entries(english).filter(([key]) => key.startsWith('said.')).map(([, text]) => [text, lengthen(text)]));
	return { ...Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, key === 'app.direction' || key === 'said' ? text : lengthen(text)])), said };
}

/** Words on the page that no catalogue gave: sentences of the server, texts written into the scripts. Data is in an element with
 * translate="no", in an input, or in a form of its own (an address, a number, a name of Apple's). */
export async function strayWords(page) {
	return page.evaluate(() => {
		const found = new Set();
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			const parent = node.parentElement;
			const block = parent.closest('button, a, p, li, td, th, dd, dt, h1, h2, h3, label, legend, time, span') ?? parent;
			if (/[⟦⟧]/.test(block.textContent) || parent.closest('[translate="no"], time, pre, code, option, script, style, noscript')) continue;
			const words = node.data.trim();
			if (/[A-Za-z]{3}/.test(words)) found.add(words);
		}
		return [...found];
	});
}
