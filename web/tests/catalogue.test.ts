// The catalogues in step: the same keys, the same {{names}}, all the plural forms of each language, and no text without a use.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LANGUAGES, localeOf, type Language } from '../src/lib/language';
import { setTexts, t, type Texts } from '../src/lib/i18n';

const read = (language: string) => readFileSync(`locales/${language}.json`, 'utf8');
const english = JSON.parse(read('en')) as Texts;
const languages = Object.keys(LANGUAGES) as Language[];
/** The six that CLDR knows. */
const FORM = /_(zero|one|two|few|many|other)$/;

/** "people.count" for "people.count_few"; a name that only looks like a plural stays whole. */
function base(key: string): string {
	const stem = key.replace(FORM, '');
	return `${stem}_one` in english ? stem : key;
}
const isPlural = (stem: string) => `${stem}_one` in english;
const names = (text: string) => [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((one) => one[1]))].sort();

function sourcesBelow(folder: string): string[] {
	return readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		if (statSync(path).isDirectory()) return sourcesBelow(path);
		return /\.tsx?$/.test(name) && name !== 'schema.d.ts' ? [readFileSync(path, 'utf8')] : [];
	});
}

/** What the sources ask for: whole keys, and patterns where a part is known only when running (`vpp.${state}`). */
function asked(): (key: string) => boolean {
	const whole = new Set<string>();
	const patterns: RegExp[] = [];
	for (const text of sourcesBelow('src')) {
		for (const [, key = ''] of text.matchAll(/['"`]([a-z][\w.-]*\.[\w.-]+)['"`]/g)) whole.add(key);
		for (const [, shape = ''] of text.matchAll(/`([a-z][\w.]*\.[^`\s]*\$\{[^`\s]*)`/g)) {
			patterns.push(new RegExp(`^${shape.replace(/\$\{[^}]*\}/g, '\0').replace(/[.?*+^$()[\]{}|\\]/g, '\\$&').replace(/\0/g, '.+')}$`));
		}
	}
	return (key) => whole.has(key) || patterns.some((one) => one.test(key));
}

for (const language of languages) {
	describe(`the catalogue ${language}`, () => {
		const text = read(language);
		const texts = JSON.parse(text) as Texts;
		const keys = Object.keys(texts);
		const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;

		it('is sorted, one key a line, once each, and has no empty text', () => {
			assert.deepEqual(keys, [...keys].sort());
			assert.deepEqual(text.split('\n').slice(1, -2).map((line) => /^\t"([^"]+)": ".+",?$/.exec(line)?.[1]), keys);
			for (const key of keys) assert.notEqual(texts[key]?.trim(), '', key);
		});
		it('has the keys of English, and no others', () => {
			const own = new Set(keys.map(base));
			const wanted = new Set(Object.keys(english).map(base));
			assert.deepEqual([...wanted].filter((key) => !own.has(key)), [], 'lacking');
			assert.deepEqual([...own].filter((key) => !wanted.has(key)), [], 'too many');
		});
		it('has every plural form of the language, and no others', () => {
			for (const stem of new Set(Object.keys(english).map(base).filter(isPlural))) {
				const own = keys.filter((key) => base(key) === stem && key !== stem).map((key) => key.slice(stem.length + 1));
				assert.deepEqual(own.sort(), [...forms].sort(), stem);
			}
		});
		it('fills in the same names as English', () => {
			for (const key of keys) {
				const stem = base(key);
				const wanted = names(english[isPlural(stem) ? `${stem}_other` : key] ?? '');
				const own = names(texts[key] ?? '');
				// "One user" need not say 1.
				const may = isPlural(stem) ? wanted.filter((name) => name !== 'count' || own.includes('count')) : wanted;
				assert.deepEqual(own, may, key);
			}
		});
		it('says every plural by its number', () => {
			setTexts(texts, localeOf(language, []));
			const said = [0, 1, 2, 3, 11, 100, 1000].map((count) => t('people.count', { count }));
			const rules = new Intl.PluralRules(language);
			assert.deepEqual(said, [0, 1, 2, 3, 11, 100, 1000].map((count) => texts[`people.count_${rules.select(count)}`]?.replace('{{count}}', count.toLocaleString(localeOf(language, [])))));
		});
	});
}

describe('the house’s words (docs/design/languages.md)', () => {
	const strange: Partial<Record<Language, RegExp>> = {
		de: /\bInhaber|\bSetting\b|Dashboard|Knopf|Apple-Account|Apple-ID|\b(du|dein|dich)\b/i,
		ko: /하세요|발견 사항|일련번호|애플(?!리케이션)|포모나/,
		ar: /بومونا|مسؤول|رخص|مرشح|كلمة المرور|إخفاق|[٠-٩]/,
	};
	for (const [language, pattern] of Object.entries(strange)) {
		it(`are kept in ${language}`, () => {
			const found = Object.entries(JSON.parse(read(language)) as Texts).filter(([, text]) => pattern.test(text));
			assert.deepEqual(found, []);
		});
	}
});

describe('the catalogue and the sources', () => {
	it('has no text that nothing asks for', () => {
		const isAsked = asked();
		// Acts, mails and sentences are the server's: tools/lint and its build look after them.
		const left = Object.keys(english).filter((key) => !/^(act|mail|said)\./.test(key) && !isAsked(base(key)));
		assert.deepEqual(left, []);
	});
	it('speaks of nobody as "user(s)", and of no accident as "Oops"', () => {
		for (const [key, text] of Object.entries(english)) assert.doesNotMatch(text, /\(s\)|Oops|Something went wrong/, key);
	});
});
