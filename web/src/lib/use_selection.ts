// The selection of the list of users: it outlives paging, searching and a visit to a user's page; one of "all that
// match" ends when the filter changes, and can be taken back.
import { createElement, useCallback, useEffect, useState } from 'react';
import { AlertActionLink } from '@patternfly/react-core';
import { navigate } from 'wouter/use-browser-location';
import { useSays } from '../parts/toasts';
import { t } from './i18n';
import { NOTHING, SELECTION_MOST, type Selection } from './selection';

interface Kept { selection: Selection; filterKey: string; address: string }

const NAMES_MOST = 50_000;
let kept: Kept = { selection: NOTHING, filterKey: '', address: '' };
const names = new Map<number, string>();

/** Names of people who were on a page or in a pasted list: for reviewing a selection without asking again. */
export function rememberNames(people: readonly { id: number; display_name: string }[]) {
	if (names.size > NAMES_MOST) for (const id of [...names.keys()].slice(0, NAMES_MOST / 2)) names.delete(id);
	for (const one of people) names.set(one.id, one.display_name);
}

export function knownName(id: number): string {
	return names.get(id) ?? String(id);
}

export function useSelection(filterKey: string): { selection: Selection; select: (next: Selection | null) => void; clear: () => void } {
	const { toast } = useSays();
	const [now, setNow] = useState(kept);
	const put = useCallback((next: Kept) => {
		kept = next;
		setNow(next);
	}, []);
	const withUndo = useCallback((words: string, before: Kept) => {
		const undo = () => {
			if (before.selection.mode === 'filter') navigate(before.address);
			put(before);
		};
		toast(words, createElement(AlertActionLink, { onClick: undo }, t('select.undo')));
	}, [put, toast]);
	const over = now.selection.mode === 'filter' && now.filterKey !== filterKey;
	useEffect(() => {
		if (!over) return;
		withUndo(t('select.cleared'), now);
		put({ selection: NOTHING, filterKey, address: '' });
	}, [over, filterKey, now, put, withUndo]);
	const select = useCallback((next: Selection | null) => {
		if (next) put({ selection: next, filterKey, address: window.location.pathname + window.location.search });
		else toast(t('select.too_many', { count: SELECTION_MOST }));
	}, [filterKey, put, toast]);
	const clear = useCallback(() => {
		withUndo(t('select.cleared_by_hand'), now);
		put({ selection: NOTHING, filterKey, address: '' });
	}, [filterKey, now, put, withUndo]);
	return { selection: over ? NOTHING : now.selection, select, clear };
}
