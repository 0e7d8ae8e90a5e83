// The persons of a job, with what became of each and why.
import { Badge } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, type Item, type Job } from '../../lib/api';
import { useConnection } from '../../lib/connection';
import { isOpen } from '../../lib/events';
import { formatNumber, t, tMaybe } from '../../lib/i18n';
import { byState, useResults } from '../../lib/job_results';
import type { paths } from '../../lib/schema';
import { ItemBadge } from '../../parts/badges';
import { Panel } from '../../parts/card';
import { Search } from '../../parts/filters';
import { usePageOf } from '../../parts/pager';
import { Rows, type Column } from '../../parts/rows';
import { Empty } from '../../parts/states';
import { When } from '../../parts/when';

type ItemsQuery = NonNullable<paths['/api/v1/jobs/{id}/items']['get']['parameters']['query']>;
type Change = (next: Record<string, string | undefined>) => void;

/** Failed first: it is what needs somebody. */
const STATES = ['failed', 'unknown', 'held', 'skipped', 'not_needed', 'cancelled', 'done', 'accepted', 'intended', 'planned'] as const;

function columns(): Column<Item>[] {
	return [
		{ key: 'who', title: t('items.who'), width: 25, cell: (item) => (item.person ? <Link to={`/user/${item.person.id}`}>{item.person.display_name}</Link> : <span className="pomona-muted">{t('plan.nobody')}</span>) },
		{ key: 'kind', title: t('items.kind'), width: 20, cell: (item) => <>{tMaybe(`plan.${item.kind}`, item.kind)}{item.detail && <div className="pomona-muted pomona-small">{item.detail}</div>}</> },
		{ key: 'state', title: t('items.state'), width: 15, cell: (item) => <ItemBadge state={item.state} /> },
		{ key: 'reason', title: t('items.reason'), width: 25, cell: (item) => <>{item.reason ?? <span className="pomona-muted">–</span>}{item.apple_number !== null && <span className="pomona-muted pomona-small"> {t('items.apple_number', { number: String(item.apple_number) })}</span>}</> },
		{ key: 'when', title: t('items.when'), width: 15, cell: (item) => <When at={item.updated_at} /> },
	];
}

/** A tab for each state that there is, with its number; the one in the address stays even when it is empty. */
function Tabs({ job, now, change }: { job: Job; now: string; change: Change }) {
	const counts = byState(useResults(job).data ?? []);
	const all = [...counts.values()].reduce((sum, one) => sum + one, 0);
	const tab = (state: string, text: string, count: number) => (
		<a key={state} href={state ? `?state=${state}` : '?'} aria-current={now === state ? 'true' : undefined}
			onClick={(event) => { event.preventDefault(); change({ state: state || undefined, after: undefined, page: undefined }); }}>
			{text} <Badge isRead>{formatNumber(count)}</Badge>
		</a>
	);
	return (
		<nav className="pomona-presets" aria-label={t('items.filter')}>
			{tab('', t('items.all'), all)}
			{STATES.filter((state) => counts.has(state) || now === state).map((state) => tab(state, t(`item.state.${state}`), counts.get(state) ?? 0))}
		</nav>
	);
}

export function Items({ job, query, change }: { job: Job; query: Record<string, string>; change: Change }) {
	const { limit, after } = usePageOf(query);
	const asked = { limit, after, count: 1, state: query.state, q: query.q } as ItemsQuery;
	const file = (state?: string) => `/api/v1/jobs/${job.id}/items.csv${state ? `?state=${state}` : ''}`;
	const { live, paused } = useConnection();
	const list = useQuery({
		queryKey: ['items', job.id, asked],
		queryFn: ({ signal }) => body(api.GET('/api/v1/jobs/{id}/items', { params: { path: { id: job.id }, query: asked }, signal })),
		placeholderData: keepPreviousData,
		refetchInterval: isOpen(job) && !paused ? (live ? 2000 : 3000) : false,
	});
	return (
		<Panel title={t('items.title')} id="items" actions={(
			<>
				{job.failed > 0 && <a className="pf-v6-c-button pf-m-link" href={file('failed')} download>{t('items.csv_failed')}</a>}
				<a className="pf-v6-c-button pf-m-link" href={file()} download>{t('items.csv_all')}</a>
			</>
		)}>
			<Search value={query.q ?? ''} change={change} label={t('items.search')} hint={t('items.search_hint')} />
			<Tabs job={job} now={query.state ?? ''} change={change} />
			<Rows label={t('items.title')} columns={columns()} list={list} rowKey={(item) => item.id} query={query} change={change}
				empty={<Empty title={query.q ? t('items.none_found') : query.state ? t('items.none_state') : isOpen(job) ? t('items.none_yet') : t('items.none')} level="h3" />} />
		</Panel>
	);
}
