// Texts by key, from the catalogue of one language (lib/language.ts loads it before the first page is drawn). Plurals use
// i18next's suffixes (_one, _other), chosen by Intl.PluralRules. Numbers, times and lists follow the same locale.
import type en from '../../locales/en.json';

type StripPlural<K extends string> = K extends `${infer Base}_${'zero' | 'one' | 'two' | 'few' | 'many' | 'other'}` ? Base : K;
export type TextKey = StripPlural<keyof typeof en & string>;
export type TextValues = Record<string, string | number>;
export type Texts = Record<string, string>;

let texts: Texts = {};
let tag = 'en';

/** The language tag that formats follow: "de-AT", or "ar-u-nu-latn". */
export function locale(): string {
	return tag;
}

/** Makes `next` the texts of this page, and `nextTag` the locale of its formats. */
export function setTexts(next: Texts, nextTag: string) {
	texts = next;
	tag = nextTag;
}

/** Formatters are costly to make: made once for each locale. */
export function byLocale<T>(make: (locale: string) => T): () => T {
	let made: { tag: string; value: T } | undefined;
	return () => {
		if (made?.tag !== tag) made = { tag, value: make(tag) };
		return made.value;
	};
}

const numbers = byLocale((one) => new Intl.NumberFormat(one));
const plurals = byLocale((one) => new Intl.PluralRules(one));
const lists = byLocale((one) => new Intl.ListFormat(one, { type: 'unit', style: 'short' }));

export function formatNumber(value: number): string {
	return numbers().format(value);
}

/** "iOS, macOS": names in a row, without an "and". */
export function formatList(items: string[]): string {
	return lists().format(items);
}

/** The text of a key with {{names}} filled in; `count` also picks the plural form. */
export function t(key: TextKey, values: TextValues = {}): string {
	let text: string | undefined;
	if (typeof values.count === 'number') {
		text = texts[`${key}_${plurals().select(values.count)}`] ?? texts[`${key}_other`];
	}
	text ??= texts[key];
	if (text === undefined) return key;
	return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => {
		const value = values[name];
		if (value === undefined) return whole;
		return typeof value === 'number' ? formatNumber(value) : value;
	});
}

/** The text of a key that is only known when running (a state's name, say), or the fallback. */
export function tMaybe(key: string, fallback: string, values: TextValues = {}): string {
	return key in texts || `${key}_other` in texts ? t(key as TextKey, values) : fallback;
}

/** The digits of a number as it was typed: with separators, in the digits of an Arabic keyboard or in wide ones. */
export function digitsOf(typed: string): string {
	return typed.normalize('NFKC').replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15)).replace(/[^0-9]/g, '');
}
