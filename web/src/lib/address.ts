// The address bar is the state of a list: filters and cursors live in the query, so that it can be sent to a colleague.
import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

export type Query = Record<string, string>;

export function readQuery(search: string): Query {
	const query: Query = {};
	for (const [key, value] of new URLSearchParams(search)) if (value) query[key] = value;
	return query;
}

export function writeQuery(query: Record<string, string | undefined>): string {
	const params = new URLSearchParams();
	for (const [key, value] of Object.entries(query)) if (value) params.set(key, value);
	const text = params.toString();
	return text ? `?${text}` : '';
}

/** The query and a way to change parts of it. Typing replaces the history entry, every other change adds one. */
export function useQueryState(): [Query, (change: Record<string, string | undefined>, how?: 'push' | 'replace') => void] {
	const search = useSearch();
	const [path, go] = useLocation();
	const query = useMemo(() => readQuery(search), [search]);
	const change = useCallback((next: Record<string, string | undefined>, how: 'push' | 'replace' = 'push') => {
		const whole = { ...readQuery(window.location.search), ...next };
		go(path + writeQuery(whole), { replace: how === 'replace' });
	}, [go, path]);
	return [query, change];
}
