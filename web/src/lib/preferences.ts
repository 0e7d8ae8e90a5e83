// How the portal looks for whoever is signed in, kept on the server. Until it is known the defaults hold.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from './api';
import type { components } from './schema';

export type Preferences = components['schemas']['Preferences'];
type Change = components['schemas']['PreferencesPut'];

export const preferencesQuery = queryOptions({
	queryKey: ['preferences'],
	queryFn: ({ signal }) => body(api.GET('/api/v1/preferences', { signal })),
	staleTime: 300_000,
	retry: false,
});

export function usePreferences(): Preferences | undefined {
	return useQuery(preferencesQuery).data;
}

/** Changes some of them: shown at once, taken back when the server does not take them. */
export function useSetPreferences(): (change: Change) => void {
	const client = useQueryClient();
	const save = useMutation({
		mutationFn: (change: Change) => body(api.PUT('/api/v1/preferences', { body: change })),
		onMutate: (change) => {
			const before = client.getQueryData(preferencesQuery.queryKey);
			if (before) client.setQueryData(preferencesQuery.queryKey, { ...before, ...change });
			return before;
		},
		onSuccess: (saved) => client.setQueryData(preferencesQuery.queryKey, saved),
		onError: (_error, _change, before) => { if (before) client.setQueryData(preferencesQuery.queryKey, before); },
	});
	return save.mutate;
}

/** A hint that can be put away: whether it was, undefined while that is not known, and the way to do it (or to bring it back). */
export function useDismissed(name: string): [boolean | undefined, (away: boolean) => void] {
	const { data, isError } = useQuery(preferencesQuery);
	const set = useSetPreferences();
	const list = data?.dismissed ?? [];
	const put = (away: boolean) => set({ dismissed: away ? [...new Set([...list, name])] : list.filter((one) => one !== name) });
	return [data ? list.includes(name) : isError ? false : undefined, put];
}

const USUAL: Preferences = { language: '', theme: 'system', single_keys: true, page_size: 50, density: 'compact', user_columns: [], dismissed: [] };

/** For what must be drawn at once: the choices with the usual ones until they are known, and the way to change some. */
export function usePreferred(): [Preferences, (change: Change) => void] {
	return [usePreferences() ?? USUAL, useSetPreferences()];
}
