// Where a search text stands in what it found, without regard to case and accents, as the server looks for it.

const fold = (letter: string) => letter.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The first place of `wanted` in `text` as [from, to], or null. */
export function placeOf(text: string, wanted: string): [number, number] | null {
	const needle = [...wanted.trim()].map(fold).join('').replace(/\s+/g, ' ');
	if (!needle) return null;
	let folded = '';
	const from: number[] = [];
	let at = 0;
	for (const letter of text) {
		const plain = fold(letter);
		for (let place = 0; place < plain.length; place++) from.push(at);
		folded += plain;
		at += letter.length;
	}
	from.push(text.length);
	const start = needle.length < 3 ? ` ${folded}`.search(new RegExp(`[^\\p{L}\\p{N}]${needle.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'u')) : folded.indexOf(needle);
	if (start < 0) return null;
	return [from[start] ?? 0, from[start + needle.length] ?? text.length];
}
