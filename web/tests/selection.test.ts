import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allMatching, isSelected, NOTHING, pageState, range, SELECTION_MOST, selectedCount, selectionBody, withRows, type Selection } from '../src/lib/selection';

const ids = (...list: number[]): Selection => ({ mode: 'ids', ids: new Set(list) });

describe('a selection of ids', () => {
	it('counts itself whatever matches', () => {
		assert.equal(selectedCount(ids(1, 2), 1_000_000), 2);
	});
	it('takes and drops rows without touching the one before', () => {
		const before = ids(1);
		const after = withRows(before, [2, 3], true);
		assert.equal(selectedCount(after as Selection, 0), 3);
		assert.equal(selectedCount(before, 0), 1);
		assert.equal(selectedCount(withRows(after as Selection, [1, 2], false) as Selection, 0), 1);
	});
	it('refuses to name more than the most', () => {
		const many = Array.from({ length: SELECTION_MOST }, (_, row) => row + 1);
		const full = withRows(NOTHING, many, true);
		assert.notEqual(full, null);
		assert.equal(withRows(full as Selection, [SELECTION_MOST + 1], true), null);
	});
	it('goes to the server as sorted ids', () => {
		assert.deepEqual(selectionBody(ids(10, 9, 2), { q: 'x' }, 50), { ids: [2, 9, 10] });
	});
});

describe('everything that matches', () => {
	it('counts what matches less the exceptions', () => {
		const some = withRows(allMatching(), [4, 5], false) as Selection;
		assert.equal(selectedCount(some, 200), 198);
		assert.equal(isSelected(some, 4), false);
		assert.equal(isSelected(some, 6), true);
	});
	it('takes an exception back', () => {
		const some = withRows(withRows(allMatching(), [4], false) as Selection, [4], true) as Selection;
		assert.equal(selectedCount(some, 200), 200);
	});
	it('goes to the server as filter, exceptions and the number seen', () => {
		const some = withRows(allMatching(), [7], false) as Selection;
		assert.deepEqual(selectionBody(some, { state: 'none' }, 41), { filter: { state: 'none' }, exclude: [7], expected: 40 });
	});
});

describe('the rows of a page', () => {
	for (const [state, selection] of [
		['none', ids(9)], ['some', ids(1)], ['all', ids(1, 2, 3)], ['all', allMatching()],
	] as const) {
		it(`are ${state}`, () => {
			assert.equal(pageState(selection, [1, 2, 3]), state);
		});
	}
	it('give a range in their order, either way', () => {
		assert.deepEqual(range([5, 3, 8, 1], 3, 1), [3, 8, 1]);
		assert.deepEqual(range([5, 3, 8, 1], 1, 3), [3, 8, 1]);
		assert.deepEqual(range([5, 3], 99, 3), [3]);
	});
});
