// Texts by key, from the catalogue in locales/. Plurals use i18next's suffixes (_one, _other), chosen by Intl.PluralRules.
import en from '../../locales/en.json';

type Catalogue = typeof en;
type StripPlural<K extends string> = K extends `${infer Base}_${'zero' | 'one' | 'two' | 'few' | 'many' | 'other'}` ? Base : K;
export type TextKey = StripPlural<keyof Catalogue & string>;
export type TextValues = Record<string, string | number>;

const LANGUAGE = 'en';
const numbers = new Intl.NumberFormat(LANGUAGE);
const plurals = new Intl.PluralRules(LANGUAGE);

export function formatNumber(value: number): string {
	return numbers.format(value);
}

/** The text of a key with {{names}} filled in; `count` also picks the plural form. */
export function t(key: TextKey, values: TextValues = {}): string {
	const texts = en as Record<string, string>;
	let text: string | undefined;
	if (typeof values.count === 'number') {
		text = texts[`${key}_${plurals.select(values.count)}`] ?? texts[`${key}_other`];
	}
	text ??= texts[key];
	if (text === undefined) return key;
	return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => {
		const value = values[name];
		if (value === undefined) return whole;
		return typeof value === 'number' ? numbers.format(value) : value;
	});
}

/** The text of a key that is only known when running (a state's name, say), or the fallback. */
export function tMaybe(key: string, fallback: string, values: TextValues = {}): string {
	return key in en ? t(key as TextKey, values) : fallback;
}
