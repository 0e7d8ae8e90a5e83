// What became of a job's items, counted by the server: by kind, state and reason.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body, type Job } from './api';
import { useConnection } from './connection';
import { isOpen } from './events';
import type { components } from './schema';

export type Result = components['schemas']['JobResult'];

const LIVE_MS = 3000;

export function useResults(job: Job | undefined) {
	const { paused } = useConnection();
	return useQuery({
		queryKey: ['items', job?.id, 'results', job?.state],
		queryFn: async ({ signal }) => (await body(api.GET('/api/v1/jobs/{id}/results', { params: { path: { id: job?.id ?? 0 } }, signal }))).items,
		enabled: job !== undefined,
		placeholderData: keepPreviousData,
		refetchInterval: job && isOpen(job) && !paused ? LIVE_MS : false,
	});
}

/** How many items are in each state. */
export function byState(results: Result[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const one of results) counts.set(one.state, (counts.get(one.state) ?? 0) + one.count);
	return counts;
}

/** How many rows of each kind wait for an OK. */
export function plannedByKind(results: Result[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const one of results) if (one.state === 'planned') counts.set(one.kind, (counts.get(one.kind) ?? 0) + one.count);
	return counts;
}
