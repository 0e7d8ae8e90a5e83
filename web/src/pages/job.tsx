// One job: live progress, then what came of it for each person and why.
import { useEffect, useRef } from 'react';
import { Badge } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, type Item, type Job } from '../lib/api';
import { useQueryState } from '../lib/address';
import { isOpen, useLive } from '../lib/events';
import { formatNumber, t, tMaybe } from '../lib/i18n';
import { asProblem } from '../lib/problem';
import { findingsCountQuery, useLocations } from '../lib/queries';
import type { paths } from '../lib/schema';
import { ItemBadge, JobBadge } from '../parts/badges';
import { Panel } from '../parts/card';
import { Facts } from '../parts/facts';
import { JobProgress, jobTitle, useJob } from '../parts/job_strip';
import { useJobActions } from '../parts/job_actions';
import { Page } from '../parts/page';
import { usePageOf } from '../parts/pager';
import { PlanList } from '../parts/plan';
import { Rows, type Column } from '../parts/rows';
import { Empty, Loading, Trouble } from '../parts/states';
import { useSays } from '../parts/toasts';
import { TrafficPanel } from '../parts/traffic';
import { When } from '../parts/when';

type ItemsQuery = NonNullable<paths['/api/v1/jobs/{id}/items']['get']['parameters']['query']>;

const TABS = ['', 'failed', 'unknown', 'held', 'skipped', 'not_needed', 'done', 'planned'] as const;

function columns(): Column<Item>[] {
	return [
		{ key: 'who', title: t('items.who'), width: 25, cell: (item) => (item.person ? <Link to={`/user/${item.person.id}`}>{item.person.display_name}</Link> : <span className="pomona-muted">{t('plan.nobody')}</span>) },
		{ key: 'kind', title: t('items.kind'), width: 20, cell: (item) => <>{tMaybe(`plan.${item.kind}`, item.kind)}{item.detail && <div className="pomona-muted pomona-small">{item.detail}</div>}</> },
		{ key: 'state', title: t('items.state'), width: 15, cell: (item) => <ItemBadge state={item.state} /> },
		{ key: 'reason', title: t('items.reason'), width: 25, cell: (item) => <>{item.reason ?? <span className="pomona-muted">–</span>}{item.apple_number !== null && <span className="pomona-muted pomona-small"> {t('items.apple_number', { number: String(item.apple_number) })}</span>}</> },
		{ key: 'when', title: t('items.when'), width: 15, cell: (item) => <When at={item.updated_at} /> },
	];
}

function Tabs({ query, change }: { query: Record<string, string>; change: (next: Record<string, string | undefined>) => void }) {
	return (
		<nav className="pomona-presets" aria-label={t('items.filter')}>
			{TABS.map((state) => (
				<a key={state} href={state ? `?state=${state}` : '?'} aria-current={(query.state ?? '') === state ? 'true' : undefined}
					onClick={(event) => { event.preventDefault(); change({ state: state || undefined, after: undefined, page: undefined }); }}>
					{state ? t(`item.state.${state}`) : t('items.all')}
				</a>
			))}
		</nav>
	);
}

function Items({ job }: { job: Job }) {
	const [query, change] = useQueryState();
	const { limit, after } = usePageOf(query);
	const asked = { limit, after, count: 1, state: query.state } as ItemsQuery;
	const live = useLive();
	const list = useQuery({
		queryKey: ['items', job.id, asked],
		queryFn: ({ signal }) => body(api.GET('/api/v1/jobs/{id}/items', { params: { path: { id: job.id }, query: asked }, signal })),
		placeholderData: keepPreviousData,
		refetchInterval: isOpen(job) ? (live ? 2000 : 3000) : false,
	});
	return (
		<Panel title={t('items.title')} actions={list.data?.total !== undefined && <Badge isRead>{formatNumber(list.data.total)}</Badge>}>
			<Tabs query={query} change={change} />
			<Rows label={t('items.title')} columns={columns()} list={list} rowKey={(item) => item.id} query={query} change={change}
				empty={<Empty title={query.state ? t('items.none_state') : isOpen(job) ? t('items.none_yet') : t('items.none')} level="h3" />} />
		</Panel>
	);
}

/** "message_failed" in words: what was done, and how it ended. */
function summaryName(name: string): string {
	const pair = /^(.+)_(done|failed|skipped|cancelled|not_needed|planned)$/.exec(name);
	if (!pair) return tMaybe(`summary.${name}`, name.replaceAll('_', ' '));
	return t('summary.pair', { what: tMaybe(`plan.${pair[1]}`, pair[1] ?? ''), state: tMaybe(`item.state.${pair[2]}`, pair[2] ?? '') });
}

/** Numbers of a finished job by name, as the server counted them. */
function summaryRows(job: Job): [string, string][] {
	return Object.entries(job.summary ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
		.map(([name, value]) => [summaryName(name), formatNumber(value)]);
}

/** After a sync, what is at Apple and was not done here. */
function SyncFindings() {
	const found = useQuery(findingsCountQuery).data ?? 0;
	return found > 0 ? <p><Link to="/finding">{t('dashboard.findings', { count: found })}</Link></p> : null;
}

/** Says 25, 50, 75 and 100 per cent once each, for those who do not see the bar. */
function useSpokenProgress(job: Job | undefined) {
	const { announce } = useSays();
	const said = useRef(-1);
	useEffect(() => {
		if (!job || job.total === 0) return;
		const quarter = Math.floor(((job.done + job.failed + job.skipped) * 4) / job.total);
		if (said.current >= 0 && quarter > said.current) announce(t('job.spoken', { percent: quarter * 25, failed: job.failed }));
		said.current = quarter;
	}, [announce, job]);
}

export default function JobPage({ id }: { id: number }) {
	const { data: job, error, refetch } = useJob(id);
	const actions = useJobActions(id);
	const live = useLive();
	const locations = useLocations().data?.items ?? [];
	useSpokenProgress(job);
	const crumbs = [{ text: t('nav.job'), to: '/job' }];
	if (!job) {
		return (
			<Page title={t('job.name', { id })} crumbs={crumbs}>
				{!error && <Loading label={t('state.loading')} />}
				{error && (asProblem(error).status === 404
					? <Empty title={t('job.missing', { id })} actions={<Link to="/job">{t('job.to_list')}</Link>} />
					: <Trouble error={error} again={() => void refetch()} />)}
			</Page>
		);
	}
	const location = locations.find((one) => one.id === job.location);
	return (
		<Page title={t('job.title', { title: jobTitle(job), id })} badge={<JobBadge job={job} />} crumbs={crumbs} actions={actions.buttons(job)}>
			{actions.error}
			{actions.dialog}
			<div className="pomona-panels">
				<Panel title={t('job.progress')}>
					<JobProgress job={job} />
					{isOpen(job) && !live && <p className="pomona-muted pomona-small">{t('job.paused_live')}</p>}
					{isOpen(job) && <p className="pomona-muted pomona-small">{t('job.leave')}</p>}
					{isOpen(job) && job.wait.until && <p className="pomona-small">{t('job.next_try')} <When at={job.wait.until} /></p>}
				</Panel>
				<Panel title={t('job.facts')}>
					<Facts rows={[
						[t('jobs.by'), job.asked_by],
						[t('jobs.when'), <When key="c" at={job.created_at} />],
						...(job.finished_at ? [[t('jobs.finished'), <When key="f" at={job.finished_at} />] as [string, React.ReactNode]] : []),
						...(location ? [[t('people.location'), location.name] as [string, string]] : []),
						...(job.kind === 'sync' ? [[t('jobs.reach'), job.whole_location ? t('jobs.reach_all') : t('jobs.reach_chosen')] as [string, string]] : []),
						...summaryRows(job),
					]} />
				</Panel>
			</div>
			{job.kind === 'sync' && <SyncFindings />}
			{job.state === 'planned' && <Panel title={t('sync.plan')}><p>{t('job.planned_words')}</p><PlanList job={job} /></Panel>}
			{job.kind === 'import' ? null : <Items job={job} />}
			{job.kind === 'import' ? null : <TrafficPanel job={id} />}
		</Page>
	);
}
