import { useQuery, keepPreviousData } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, type Job } from '../../lib/api';
import { useQueryState } from '../../lib/address';
import { useConnection } from '../../lib/connection';
import { dayChoices, sinceOf, untilOf } from '../../lib/days';
import { useRunningJobs } from '../../lib/events';
import { t } from '../../lib/i18n';
import type { paths } from '../../lib/schema';
import { JobBadge } from '../../parts/badges';
import { Chips, Filters, type FilterField } from '../../parts/filters';
import { jobNumbers, jobTitle } from '../../parts/job_strip';
import { Page } from '../../parts/page';
import { usePageOf } from '../../parts/pager';
import { Rows, type Column } from '../../parts/rows';
import { ClearFilters, Empty } from '../../parts/states';
import { When } from '../../parts/when';

const NAMES = ['state', 'kind', 'person', 'by', 'days', 'from', 'to', 'superseded'] as const;

type JobsQuery = NonNullable<paths['/api/v1/jobs']['get']['parameters']['query']>;

function columns(): Column<Job>[] {
	return [
		{ key: 'what', title: t('jobs.what'), width: 25, cell: (job) => <><Link to={`/job/${job.id}`}>{jobTitle(job)}</Link> <span className="pomona-muted pomona-small">{t('job.name', { id: job.id })}</span></> },
		{ key: 'state', title: t('jobs.state'), width: 15, cell: (job) => <JobBadge job={job} /> },
		{ key: 'result', title: t('jobs.result'), width: 30, cell: (job) => job.failure ?? job.wait.reason ?? jobNumbers(job) },
		{ key: 'by', title: t('jobs.by'), width: 15, cell: (job) => job.asked_by },
		{ key: 'when', title: t('jobs.when'), width: 15, cell: (job) => <When at={job.created_at} /> },
	];
}

/** The person of the address by name: there is nothing to choose, the filter comes with a link from their page. */
function usePersonFilter(id: string | undefined): FilterField {
	const person = useQuery({
		queryKey: ['person', Number(id)],
		queryFn: ({ signal }) => body(api.GET('/api/v1/people/{id}', { params: { path: { id: Number(id) } }, signal })),
		enabled: id !== undefined,
	}).data;
	return { name: 'person', label: t('items.who'), choices: id && person ? [{ value: id, text: person.display_name }] : [] };
}

export default function Jobs() {
	const [query, change] = useQueryState();
	const { limit, after } = usePageOf(query);
	const person = usePersonFilter(query.person);
	// Plans that a newer one took the place of stand in the list when they are asked for.
	const hides = query.superseded !== 'shown' && query.state !== 'cancelled';
	const asked = {
		limit, after, count: 1, state: query.state, kind: query.kind, person: query.person, by: query.by, since: sinceOf(query.days, query.from), until: untilOf(query.to), superseded: hides ? 0 : undefined,
	} as JobsQuery;
	const running = useRunningJobs().length;
	const { paused } = useConnection();
	const list = useQuery({
		queryKey: ['jobs', asked],
		queryFn: ({ signal }) => body(api.GET('/api/v1/jobs', { params: { query: asked }, signal })),
		placeholderData: keepPreviousData,
		refetchInterval: running > 0 && !paused ? 3000 : false,
	});
	const fields: FilterField[] = [
		{ name: 'kind', label: t('jobs.what'), choices: (['invite', 'delete', 'sync', 'import'] as const).map((one) => ({ value: one, text: t(`job.kind.${one}`) })) },
		{ name: 'state', label: t('jobs.state'), choices: (['waiting', 'running', 'planned', 'done', 'failed', 'cancelled'] as const).map((one) => ({ value: one, text: t(`job.state.${one}`) })) },
		{ name: 'days', label: t('jobs.when'), choices: dayChoices() },
		{ name: 'by', label: t('jobs.by') },
		{ name: 'superseded', label: t('jobs.superseded'), choices: [{ value: 'shown', text: t('jobs.superseded_shown') }], seldom: true },
		{ name: 'from', label: t('days.from'), type: 'date', seldom: true },
		{ name: 'to', label: t('days.to'), type: 'date', seldom: true },
	];
	const filtered = NAMES.some((name) => query[name]);
	const empty = filtered
		? <Empty title={t('jobs.no_match')} actions={<ClearFilters onClick={() => change(Object.fromEntries([...NAMES, 'after', 'page'].map((name) => [name, undefined])))} />} />
		: <Empty title={t('jobs.none')}>{t('jobs.none_words')}</Empty>;
	return (
		<Page title={t('nav.job')} intro={t('jobs.intro')}>
			<div className="pomona-row"><Filters fields={fields} query={query} change={change} /></div>
			<Chips fields={[...fields, person]} query={query} change={change} />
			<Rows label={t('jobs.table')} columns={columns()} list={list} rowKey={(job) => job.id} empty={empty} query={query} change={change} />
		</Page>
	);
}
