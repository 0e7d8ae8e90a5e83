// What pages read, by name. Keys start with the noun, so that events can say "people changed".
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { api, body } from './api';
import { lastSeenJob, seenJob } from './events';
import type { paths } from './schema';

export type PeopleQuery = NonNullable<paths['/api/v1/people']['get']['parameters']['query']>;

export const sessionQuery = queryOptions({
	queryKey: ['session'],
	queryFn: ({ signal }) => body(api.GET('/api/v1/session', { signal })),
	staleTime: 60_000,
	refetchOnWindowFocus: 'always', // a computer that slept may have slept past its end
});

export const locationsQuery = queryOptions({
	queryKey: ['locations'],
	queryFn: ({ signal }) => body(api.GET('/api/v1/locations', { signal })),
});

export function useLocations() {
	return useQuery(locationsQuery);
}

/** The location whose VPP users are shown: the one that was asked for, else the first. With one alone it need not be said.
 * Until it is known, people cannot be asked for: with several locations the server wants to know whose. */
export function useChosenLocation(asked?: string) {
	const list = useLocations();
	const locations = list.data?.items ?? [];
	const location = asked ? Number(asked) : locations.length > 1 ? locations[0]?.id : undefined;
	return { locations, location, isKnown: Boolean(asked) || !list.isPending };
}

export function peopleQuery(query: PeopleQuery) {
	return queryOptions({
		queryKey: ['people', query],
		queryFn: ({ signal }) => body(api.GET('/api/v1/people', { params: { query }, signal })),
		placeholderData: keepPreviousData,
	});
}

/** isMore: too many to count while the page is drawn, total is the least; `exact` in the query counts them all the same. */
export function peopleTotalQuery(query: PeopleQuery) {
	return queryOptions({
		queryKey: ['count', query],
		queryFn: async ({ signal }) => {
			const page = await body(api.GET('/api/v1/people', { params: { query: { ...query, limit: 1, count: 1 } }, signal }));
			return { total: page.total ?? 0, isMore: page.total_is_more ?? false };
		},
		placeholderData: keepPreviousData,
	});
}

/** The same as one number; null: too many to count. */
export function peopleCountQuery(query: PeopleQuery) {
	return { ...peopleTotalQuery(query), select: (found: { total: number; isMore: boolean }) => (found.isMore ? null : found.total) };
}

export function jobQuery(id: number) {
	return queryOptions({
		queryKey: ['job', id],
		queryFn: async ({ signal }) => {
			const before = lastSeenJob(id);
			const job = await body(api.GET('/api/v1/jobs/{id}', { params: { path: { id } }, signal }));
			const now = lastSeenJob(id);
			if (now && now !== before) return now; // the stream told of a later state while this was on its way
			seenJob(job);
			return job;
		},
	});
}

export const smtpQuery = queryOptions({ queryKey: ['smtp'], queryFn: ({ signal }) => body(api.GET('/api/v1/settings/smtp', { signal })) });
export const mdmQuery = queryOptions({ queryKey: ['mdm'], queryFn: ({ signal }) => body(api.GET('/api/v1/settings/mdm', { signal })) });

/** How many findings are open. */
export const findingsCountQuery = queryOptions({
	queryKey: ['findings', 'count'],
	queryFn: async ({ signal }) => (await body(api.GET('/api/v1/findings', { params: { query: { state: 'open', limit: 1, count: 1 } }, signal }))).total ?? 0,
});
