// Which rows are selected: named ids, or everything that matches a filter less some. Never a list of a million ids.
export const SELECTION_MOST = 10_000;

export type Selection =
	| { readonly mode: 'ids'; readonly ids: ReadonlySet<number> }
	| { readonly mode: 'filter'; readonly exclude: ReadonlySet<number> };

export const NOTHING: Selection = { mode: 'ids', ids: new Set() };

export function isSelected(selection: Selection, id: number): boolean {
	return selection.mode === 'ids' ? selection.ids.has(id) : !selection.exclude.has(id);
}

/** How many are selected, when `total` match the filter. */
export function selectedCount(selection: Selection, total: number): number {
	return selection.mode === 'ids' ? selection.ids.size : Math.max(0, total - selection.exclude.size);
}

function changed(set: ReadonlySet<number>, ids: readonly number[], present: boolean): ReadonlySet<number> | null {
	const next = new Set(set);
	for (const id of ids) {
		if (present) next.add(id);
		else next.delete(id);
	}
	return next.size > SELECTION_MOST ? null : next;
}

/** Selects or clears rows; null when that would name more than SELECTION_MOST of them. */
export function withRows(selection: Selection, ids: readonly number[], selected: boolean): Selection | null {
	if (selection.mode === 'ids') {
		const next = changed(selection.ids, ids, selected);
		return next && { mode: 'ids', ids: next };
	}
	const next = changed(selection.exclude, ids, !selected);
	return next && { mode: 'filter', exclude: next };
}

export function allMatching(): Selection {
	return { mode: 'filter', exclude: new Set() };
}

/** none, some or all of the rows of the page. */
export function pageState(selection: Selection, ids: readonly number[]): 'none' | 'some' | 'all' {
	let count = 0;
	for (const id of ids) if (isSelected(selection, id)) count += 1;
	if (count === 0) return 'none';
	return count === ids.length ? 'all' : 'some';
}

/** The ids from one row to another, both included, in the order of the page. */
export function range(ids: readonly number[], from: number, to: number): number[] {
	const a = ids.indexOf(from);
	const b = ids.indexOf(to);
	if (a < 0 || b < 0) return [to];
	return ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}

export type Filter = Record<string, string>;

/** The selection as the API takes it. */
export function selectionBody(selection: Selection, filter: Filter, total: number) {
	if (selection.mode === 'ids') return { ids: [...selection.ids].sort((a, b) => a - b) };
	return { filter, exclude: [...selection.exclude].sort((a, b) => a - b), expected: selectedCount(selection, total) };
}
