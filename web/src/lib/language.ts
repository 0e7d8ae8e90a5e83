// Which language: the administrator's, else the browser's, else English. One catalogue is loaded, before anything is drawn;
// index.html says where each one is, so that a changed text leaves the scripts as they are.
import { useSyncExternalStore } from 'react';
import { setTexts, t, type Texts } from './i18n';
import { setSaid } from './said';

export const LANGUAGES = { en: 'English', de: 'Deutsch', ko: '한국어', ar: 'العربية' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'pomona.language';
const listeners = new Set<() => void>();
let now: Language = 'en';

export function isLanguage(value: unknown): value is Language {
	return typeof value === 'string' && Object.hasOwn(LANGUAGES, value);
}

/** The first language of the browser's list that we have. */
export function browserLanguage(wanted: readonly string[]): Language {
	for (const one of wanted) {
		const base = one.toLowerCase().split('-')[0];
		if (isLanguage(base)) return base;
	}
	return 'en';
}

/** The browser's own variant of a language (de-AT), for its dates and numbers. Arabic keeps the digits of everything that comes
 * from Apple and from files: one number never stands in two scripts on a page. */
export function localeOf(language: Language, wanted: readonly string[]): string {
	const tag = wanted.find((one) => one.toLowerCase().split('-')[0] === language) ?? language;
	return language === 'ar' ? `${tag.split('-u-')[0]}-u-nu-latn` : tag;
}

function kept(): Language | undefined {
	try {
		const value = localStorage.getItem(KEY);
		return isLanguage(value) ? value : undefined;
	} catch {
		return undefined; // storage may be forbidden; the browser's language is a good answer
	}
}

function keep(language: Language | undefined) {
	try {
		if (language) localStorage.setItem(KEY, language);
		else localStorage.removeItem(KEY);
	} catch {
		// kept for this page only
	}
}

async function load(language: Language) {
	const address = document.querySelector<HTMLLinkElement>(`link[rel="alternate"][hreflang="${language}"]`)?.href ?? '';
	const answer = await fetch(address);
	if (!answer.ok) throw new Error(`no texts at ${address}: ${answer.status}`);
	const { said, ...texts } = (await answer.json()) as { said: Texts };
	setSaid(said);
	setTexts(texts, localeOf(language, navigator.languages));
	now = language;
	document.documentElement.lang = language;
	document.documentElement.dir = t('app.direction');
}

/** Loads the texts of the first page. */
export function startLanguage(): Promise<void> {
	return load(kept() ?? browserLanguage(navigator.languages));
}

/** The chosen language, "" for the browser's. The page is drawn anew; when the texts are gone because the server was updated,
 * a reload finds the new ones. */
export async function setLanguage(choice: Language | '') {
	keep(choice || undefined);
	const next = choice || browserLanguage(navigator.languages);
	if (next === now) return;
	try {
		await load(next);
		for (const listener of listeners) listener();
	} catch {
		window.location.reload();
	}
}

export function language(): Language {
	return now;
}

/** The language of the page, as a key under which everything is drawn. */
export function useLanguage(): Language {
	return useSyncExternalStore((listener) => {
		listeners.add(listener);
		return () => listeners.delete(listener);
	}, language);
}
