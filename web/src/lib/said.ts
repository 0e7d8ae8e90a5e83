// The server speaks English to everyone, people and scripts alike. What it says often stands in the catalogues under said.*, and is
// found there by the English sentence itself: the sentence is the code. What is not found is shown as it was said.
interface Shape { pattern: RegExp; names: string[]; text: string }

/** Members of the API's answers that hold a sentence. */
const SENTENCES = new Set(['reason', 'detail', 'words', 'step', 'failure', 'means', 'how', 'why_not_eligible', 'solved_because']);

let whole = new Map<string, string>();
let shapes: Shape[] = [];

/** What the server says in English, and how this language says it. "{{name}}" stands for anything. */
export function setSaid(pairs: Record<string, string>) {
	whole = new Map();
	shapes = [];
	for (const [english, text] of Object.entries(pairs)) {
		const parts = english.split(/\{\{(\w+)\}\}/);
		if (parts.length === 1) {
			whole.set(english, text);
			continue;
		}
		const pattern = parts.map((part, at) => (at % 2 ? '(.+)' : part.replace(/[.?*+^$()[\]{}|\\]/g, '\\$&'))).join('');
		shapes.push({ pattern: new RegExp(`^${pattern}$`, 's'), names: parts.filter((_part, at) => at % 2), text });
	}
	// The longer is the closer: "Not sent: the mail server said: …" before "Not sent: …".
	shapes.sort((a, b) => b.pattern.source.length - a.pattern.source.length);
}

function fromShape(sentence: string): string | undefined {
	for (const { pattern, names, text } of shapes) {
		const found = pattern.exec(sentence);
		if (found) return text.replace(/\{\{(\w+)\}\}/g, (_whole, name: string) => said(found[names.indexOf(name) + 1] ?? ''));
	}
	return undefined;
}

/** A sentence of the server, or several in a row, in the language of the page. */
export function said(sentence: string): string {
	if (whole.size === 0 || !sentence) return sentence;
	const known = whole.get(sentence) ?? fromShape(sentence);
	if (known !== undefined) return known;
	const parts = sentence.split(/(?<=[.!?)]) (?=[A-Z(])/);
	return parts.length > 1 ? parts.map(said).join(' ') : sentence;
}

/** An answer of the server with its sentences in the language of the page. */
export function inOurWords<T>(answer: T): T {
	if (whole.size === 0 || typeof answer !== 'object' || answer === null) return answer;
	if (Array.isArray(answer)) return answer.map(inOurWords) as T;
	return Object.fromEntries(Object.entries(answer).map(([name, value]) =>
		[name, typeof value === 'string' ? (SENTENCES.has(name) ? said(value) : value) : inOurWords(value)])) as T;
}
