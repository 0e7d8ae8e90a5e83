import { describe, expect, it } from 'vitest';
import { allMatching, isSelected, NOTHING, pageState, range, SELECTION_MOST, selectedCount, selectionBody, withRows, type Selection } from '../src/lib/selection';

const ids = (...list: number[]): Selection => ({ mode: 'ids', ids: new Set(list) });

describe('a selection of ids', () => {
	it('counts itself whatever matches', () => {
		expect(selectedCount(ids(1, 2), 1_000_000)).toBe(2);
	});
	it('takes and drops rows without touching the one before', () => {
		const before = ids(1);
		const after = withRows(before, [2, 3], true);
		expect(selectedCount(after as Selection, 0)).toBe(3);
		expect(selectedCount(before, 0)).toBe(1);
		expect(selectedCount(withRows(after as Selection, [1, 2], false) as Selection, 0)).toBe(1);
	});
	it('refuses to name more than the most', () => {
		const many = Array.from({ length: SELECTION_MOST }, (_, row) => row + 1);
		const full = withRows(NOTHING, many, true);
		expect(full).not.toBeNull();
		expect(withRows(full as Selection, [SELECTION_MOST + 1], true)).toBeNull();
	});
	it('goes to the server as sorted ids', () => {
		expect(selectionBody(ids(10, 9, 2), { q: 'x' }, 50)).toEqual({ ids: [2, 9, 10] });
	});
});

describe('everything that matches', () => {
	it('counts what matches less the exceptions', () => {
		const some = withRows(allMatching(), [4, 5], false) as Selection;
		expect(selectedCount(some, 200)).toBe(198);
		expect(isSelected(some, 4)).toBe(false);
		expect(isSelected(some, 6)).toBe(true);
	});
	it('takes an exception back', () => {
		const some = withRows(withRows(allMatching(), [4], false) as Selection, [4], true) as Selection;
		expect(selectedCount(some, 200)).toBe(200);
	});
	it('goes to the server as filter, exceptions and the number seen', () => {
		const some = withRows(allMatching(), [7], false) as Selection;
		expect(selectionBody(some, { state: 'none' }, 41)).toEqual({ filter: { state: 'none' }, exclude: [7], expected: 40 });
	});
});

describe('the rows of a page', () => {
	it.each([
		['none', ids(9)], ['some', ids(1)], ['all', ids(1, 2, 3)], ['all', allMatching()],
	] as const)('are %s', (state, selection) => {
		expect(pageState(selection, [1, 2, 3])).toBe(state);
	});
	it('give a range in their order, either way', () => {
		expect(range([5, 3, 8, 1], 3, 1)).toEqual([3, 8, 1]);
		expect(range([5, 3, 8, 1], 1, 3)).toEqual([3, 8, 1]);
		expect(range([5, 3], 99, 3)).toEqual([3]);
	});
});
