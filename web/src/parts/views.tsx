// Ready-made and saved lists of a page, as links above it.
import { lazy, Suspense, useState } from 'react';
import { Button } from '@patternfly/react-core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link, useLocation, useSearch } from 'wouter';
import { readQuery, writeQuery, type Query } from '../lib/address';
import { api, body } from '../lib/api';
import { t } from '../lib/i18n';
import type { components } from '../lib/schema';

export type View = components['schemas']['View'];
export type ViewPage = components['schemas']['ViewPage'];

const Dialog = lazy(() => import('./view_dialog'));

export function viewsQuery(page: ViewPage) {
	return queryOptions({
		queryKey: ['views', page],
		queryFn: async ({ signal }) => (await body(api.GET('/api/v1/views', { params: { query: { page } }, signal }))).items,
		staleTime: 60_000,
	});
}

/** What of an address belongs to a list: not the place in it. */
function listOf(query: Query): Query {
	const { after: _after, page: _page, ...rest } = query;
	return rest;
}

export function viewQuery(search: string): string {
	return writeQuery(listOf(readQuery(search))).slice(1);
}

const sameList = (a: Query, b: Query) => {
	const text = (query: Query) => JSON.stringify(Object.entries(listOf(query)).filter(([name]) => name !== 'limit').sort());
	return text(a) === text(b);
};

export interface Preset { text: string; query: Query }

/** `keep` are parts of the address that every list has (the location). */
export function Views({ page, presets, keep, label }: { page: ViewPage; presets: Preset[]; keep?: Record<string, string | undefined>; label: string }) {
	const [path] = useLocation();
	const now = readQuery(useSearch());
	const [open, setOpen] = useState(false);
	const views = useQuery(viewsQuery(page)).data ?? [];
	const kept = readQuery(writeQuery(keep ?? {}));
	const all = [...presets.map((one) => ({ key: one.text, text: one.text, query: { ...one.query, ...kept } })), ...views.map((one) => ({ key: String(one.id), text: one.name, query: readQuery(one.query) }))];
	return (
		<>
			<div className="pomona-views">
				<nav aria-label={label} className="pomona-presets">
					{all.map((one) => <Link key={one.key} to={path + writeQuery(one.query)} aria-current={sameList(now, one.query) ? 'true' : undefined}>{one.text}</Link>)}
				</nav>
				<Button variant="link" isInline onClick={() => setOpen(true)}>{t('view.save')}</Button>
			</div>
			{open && <Suspense><Dialog page={page} views={views} onClose={() => setOpen(false)} /></Suspense>}
		</>
	);
}
