import { describe, expect, it } from 'vitest';
import en from '../locales/en.json';
import { t, tMaybe } from '../src/lib/i18n';
import { asProblem, fieldProblem, Problem } from '../src/lib/problem';
import { timeInWords } from '../src/lib/time';
import { readQuery, writeQuery } from '../src/lib/address';

describe('t()', () => {
	it('picks the plural and formats the number', () => {
		expect(t('people.count', { count: 1 })).toBe('1 user');
		expect(t('people.count', { count: 41548 })).toBe('41,548 users');
	});
	it('fills in names and leaves unknown ones alone', () => {
		expect(t('people.select', { name: 'Aiko' })).toBe('Select Aiko');
		expect(t('people.select')).toBe('Select {{name}}');
	});
	it('falls back for words it does not know', () => {
		expect(tMaybe('vpp.registered', '?')).toBe('Registered');
		expect(tMaybe('vpp.of_tomorrow', 'of tomorrow')).toBe('of tomorrow');
	});
});

describe('the catalogue', () => {
	const keys = Object.keys(en);
	it('has both English forms of every plural', () => {
		const plural = new Set(keys.filter((key) => /_(one|other)$/.test(key)).map((key) => key.replace(/_(one|other)$/, '')));
		for (const key of plural) expect(keys, key).toEqual(expect.arrayContaining([`${key}_one`, `${key}_other`]));
	});
	it('is sorted, has no empty text, and says nobody "user(s)"', () => {
		expect(keys).toEqual([...keys].sort());
		for (const [key, text] of Object.entries(en)) {
			expect(text.trim(), key).not.toBe('');
			expect(text, key).not.toMatch(/\(s\)|Oops|Something went wrong/);
		}
	});
});

describe('a problem', () => {
	const body = { type: '/problems/token.expired', title: 'The request was not valid', detail: 'This token expired.', errors: [{ pointer: '/at', detail: 'Not a time.' }], apple: 'no', trace: 'ab' };
	it('says the server’s sentence, not the title of its status', () => {
		const problem = new Problem(400, body);
		expect(problem.message).toBe('This token expired.');
		expect(problem.reason).toBe('token.expired');
	});
	it('finds the sentence of a field', () => {
		expect(fieldProblem(new Problem(400, body), 'at')).toBe('Not a time.');
		expect(fieldProblem(new Problem(400, body), 'to')).toBeUndefined();
	});
	it('names silence as such', () => {
		expect(asProblem(new TypeError('Failed to fetch')).reason).toBe('no-answer');
		expect(asProblem(new TypeError('Failed to fetch')).message).toMatch(/cannot be reached/);
	});
	it('survives an answer that is no problem document', () => {
		expect(new Problem(502, {}).message).toMatch(/502/);
	});
});

describe('times and addresses', () => {
	const now = Date.parse('2026-11-23T12:00:00Z');
	it.each([
		['2026-11-23T11:59:58Z', '2 seconds ago'], ['2026-11-23T10:00:00Z', '2 hours ago'], ['2026-11-24T12:00:00Z', 'tomorrow'], ['2026-08-01T12:00:00Z', 'Aug 1, 2026'],
	])('%s is %s', (iso, words) => {
		expect(timeInWords(iso, now)).toBe(words);
	});
	it('keeps a filter through the address', () => {
		const query = { q: 'sato & co', state: 'none' };
		expect(readQuery(writeQuery({ ...query, after: undefined, page: '' }))).toEqual(query);
	});
});
