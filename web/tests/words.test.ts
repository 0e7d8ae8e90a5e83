import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import en from '../locales/en.json';
import { daysLeft } from '../src/lib/assets';
import { digitsOf, setTexts, t, tMaybe } from '../src/lib/i18n';
import { asProblem, fieldProblem, Problem } from '../src/lib/problem';
import { inOurWords, said, setSaid } from '../src/lib/said';
import { reminder } from '../src/lib/calendar';
import { nextChange, offsetAt } from '../src/lib/zones';
import { timeInWords } from '../src/lib/time';
import { readQuery, writeQuery } from '../src/lib/address';

setTexts(en, 'en');

describe('t()', () => {
	it('picks the plural and formats the number', () => {
		assert.equal(t('people.count', { count: 1 }), '1 user');
		assert.equal(t('people.count', { count: 41548 }), '41,548 users');
	});
	it('fills in names and leaves unknown ones alone', () => {
		assert.equal(t('people.select', { name: 'Aiko' }), 'Select Aiko');
		assert.equal(t('people.select'), 'Select {{name}}');
	});
	it('takes a typed number in the digits of other keyboards', () => {
		assert.equal(digitsOf('1.234'), '1234');
		assert.equal(digitsOf('١٬٢٣٤'), '1234');
		assert.equal(digitsOf(' 1２3 '), '123');
	});
	it('falls back for words it does not know', () => {
		assert.equal(tMaybe('vpp.registered', '?'), 'Registered');
		assert.equal(tMaybe('vpp.of_tomorrow', 'of tomorrow'), 'of tomorrow');
	});
});

describe('a problem', () => {
	const body = { type: '/problems/token.expired', title: 'The request was not valid', detail: 'This token expired.', errors: [{ pointer: '/at', detail: 'Not a time.' }], apple: 'no', trace: 'ab' };
	it('says the server’s sentence, not the title of its status', () => {
		const problem = new Problem(400, body);
		assert.equal(problem.message, 'This token expired.');
		assert.equal(problem.reason, 'token.expired');
	});
	it('finds the sentence of a field', () => {
		assert.equal(fieldProblem(new Problem(400, body), 'at'), 'Not a time.');
		assert.equal(fieldProblem(new Problem(400, body), 'to'), undefined);
	});
	it('names silence as such', () => {
		assert.equal(asProblem(new TypeError('Failed to fetch')).reason, 'no-answer');
		assert.match(asProblem(new TypeError('Failed to fetch')).message, /cannot be reached/);
	});
	it('survives an answer that is no problem document', () => {
		assert.match(new Problem(502, {}).message, /502/);
	});
});

describe('what the server said', () => {
	const german = { 'This person is not active.': 'Nicht aktiv.', 'Sent to {{name}}.': 'An {{name}} gesendet.', 'Not sent: {{words}}.': 'Nicht gesendet: {{words}}.', 'no mailbox of {{name}}': 'kein Postfach {{name}}' };
	it('is found by its English sentence, with what was filled in', () => {
		setSaid(german);
		assert.equal(said('This person is not active.'), 'Nicht aktiv.');
		assert.equal(said('Sent to ada@example.org.'), 'An ada@example.org gesendet.');
		assert.equal(said('Not sent: no mailbox of ada.'), 'Nicht gesendet: kein Postfach ada.');
	});
	it('is translated sentence by sentence, and left alone where it is not known', () => {
		assert.equal(said('This person is not active. Sent to ada.'), 'Nicht aktiv. An ada gesendet.');
		assert.equal(said('550 no such mailbox'), '550 no such mailbox');
		assert.equal(said('Strange. This person is not active.'), 'Strange. Nicht aktiv.');
	});
	it('is looked for in the sentences of an answer, and nowhere else', () => {
		const answer = { items: [{ name: 'This person is not active.', vpp: { reason: 'This person is not active.', count: 3, detail: null } }] };
		assert.deepEqual(inOurWords(answer), { items: [{ name: 'This person is not active.', vpp: { reason: 'Nicht aktiv.', count: 3, detail: null } }] });
	});
	it('stays as it is in English', () => {
		setSaid({});
		const answer = { reason: 'This person is not active.' };
		assert.equal(inOurWords(answer), answer);
	});
});

describe('times and addresses', () => {
	const now = Date.parse('2026-11-23T12:00:00Z');
	for (const [iso, words] of [
		['2026-11-23T11:59:58Z', '2 seconds ago'], ['2026-11-23T10:00:00Z', '2 hours ago'], ['2026-11-24T12:00:00Z', 'tomorrow'], ['2026-08-01T12:00:00Z', 'Aug 1, 2026'],
	] as const) {
		it(`${iso} is ${words}`, () => {
			assert.equal(timeInWords(iso, now), words);
		});
	}
	it('knows when the clocks of a zone are set, and which way', () => {
		const forward = nextChange('Europe/Berlin', Date.parse('2026-11-28T02:30:45.500Z'));
		assert.deepEqual([forward?.by, new Date(Math.floor((forward?.at ?? 0) / 60_000) * 60_000).toISOString()], [60, '2027-03-28T01:00:00.000Z']);
		assert.equal(nextChange('Europe/Berlin', Date.parse('2026-04-01T00:00:00Z'))?.by, -60);
		assert.equal(nextChange('Asia/Tokyo', now), null);
		assert.equal(offsetAt('Asia/Kathmandu', now), 345);
	});
	it('writes a reminder that a calendar reads', () => {
		const lines = reminder({ uid: 'u', date: '2027-11-28T10:00:00Z', title: 'Renew; now, é'.padEnd(120, 'é'), words: 'a\nb', url: 'https://x.example/', daysBefore: [30, 7] }, new Date('2026-11-28T02:03:04Z')).split('\r\n');
		assert.ok(lines.every((line) => new TextEncoder().encode(line).length <= 75));
		for (const line of ['DTSTAMP:20261128T020304Z', 'DTSTART;VALUE=DATE:20271128', 'DTEND;VALUE=DATE:20271129', 'DESCRIPTION:a\\nb', 'TRIGGER:-P30D', 'TRIGGER:-P7D']) assert.ok(lines.includes(line), line);
		assert.match(lines.join('\r\n').replaceAll('\r\n ', ''), /SUMMARY:Renew\\; now\\, é{10}/);
	});
	it('keeps a filter through the address', () => {
		const query = { q: 'sato & co', state: 'none' };
		assert.deepEqual(readQuery(writeQuery({ ...query, after: undefined, page: '' })), query);
	});
});

describe('how long licences last', () => {
	const days = (...assigned: number[]) => assigned.map((one, day) => ({ day: `2026-11-${String(day + 1).padStart(2, '0')}`, total: 100, assigned: one, available: 100 - one }));
	for (const [words, assigned, left] of [
		['ten a day, fifty left', [30, 40, 50], { days: 5, window: 2 }],
		['the last thirty days alone count', [...Array(10).fill(0), ...Array(31).fill(50), 60], { days: 120, window: 30 }],
		['nothing goes', [50, 50, 40], null],
		['one day tells nothing', [50], null],
		['none is left', [90, 100], null],
		['no day at all', [], null],
	] as const) {
		it(words, () => assert.deepEqual(daysLeft(days(...assigned)), left));
	}
	it('nothing is said of what has no limit', () => {
		assert.equal(daysLeft([{ day: '2026-11-01', total: null, assigned: 1, available: null }, { day: '2026-11-02', total: null, assigned: 9, available: null }]), null);
	});
});
