// Findings: what is at Apple and was not done by us, by kind, and what to do about it.
import { lazy, Suspense, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useQueryState, writeQuery } from '../../lib/address';
import { api, body, type Job } from '../../lib/api';
import { askedJob } from '../../lib/events';
import { formatNumber, t } from '../../lib/i18n';
import { useLocations } from '../../lib/queries';
import { Chips, Filters, type FilterField } from '../../parts/filters';
import { addStrip, JobStrips } from '../../parts/job_strip';
import { Page } from '../../parts/page';
import { ClearFilters, Empty, Loading, Trouble } from '../../parts/states';
import { useSays } from '../../parts/toasts';
import { GroupCard } from './group';
import type { Group, Wish } from './wish';

const RepairDialog = lazy(() => import('./repair_dialog'));

type State = 'open' | 'solved';
const STATES: State[] = ['open', 'solved'];
const KINDS = ['missing', 'retired_elsewhere', 'email_elsewhere', 'other_account', 'shared_account', 'second_record', 'foreign'] as const;

function useGroups(state: State, location: string | undefined) {
	return useQuery({
		queryKey: ['findings', 'groups', state, location],
		queryFn: async ({ signal }) => (await body(api.GET('/api/v1/findings/groups', { params: { query: { state, location: location ? Number(location) : undefined } }, signal }))).items,
	});
}

const sum = (groups: Group[] | undefined) => groups?.reduce((all, one) => all + one.count, 0);

/** People who lost something come before records that nobody here made. */
const inOrder = (groups: Group[]) => [...groups].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.location - b.location);

function Tabs({ now, numbers, location }: { now: State; numbers: Record<State, number | undefined>; location: string | undefined }) {
	return (
		<nav aria-label={t('items.state')} className="pomona-presets">
			{STATES.map((one) => (
				<Link key={one} to={`/finding${writeQuery({ state: one === 'open' ? undefined : one, location })}`} aria-current={one === now ? 'true' : undefined}>
					{numbers[one] === undefined ? t(`finding.state.${one}`) : t(`finding.tab.${one}`, { number: formatNumber(numbers[one]) })}
				</Link>
			))}
		</nav>
	);
}

function useRepair() {
	const client = useQueryClient();
	const { toast, announce } = useSays();
	const [wish, setWish] = useState<Wish | null>(null);
	const [count, setCount] = useState(0);
	const done = (job: Job | null) => {
		setWish(null);
		setCount(count + 1);
		if (job) {
			askedJob(job);
			addStrip(job.id);
			announce(t('vpp.started', { action: t(`job.kind.${job.kind}`) }));
		} else {
			toast(t('finding.left'));
		}
		void client.invalidateQueries({ queryKey: ['findings'] });
		void client.invalidateQueries({ queryKey: ['problems'] });
	};
	return { wish, setWish, done, count };
}

export default function Findings() {
	const [query, change] = useQueryState();
	const { wish, setWish, done, count } = useRepair();
	const locations = useLocations().data?.items ?? [];
	const state: State = query.state === 'solved' ? 'solved' : 'open';
	const open = useGroups('open', query.location);
	const solved = useGroups('solved', query.location);
	const read = state === 'open' ? open : solved;
	const groups = inOrder((read.data ?? []).filter((one) => !query.kind || one.kind === query.kind));
	const fields: FilterField[] = [
		{ name: 'kind', label: t('items.kind'), choices: KINDS.map((one) => ({ value: one, text: t(`finding.kind.${one}`) })) },
		...(locations.length > 1 ? [{ name: 'location', label: t('people.location'), choices: locations.map((one) => ({ value: String(one.id), text: one.name })) }] : []),
	];
	const filtered = Boolean(query.kind ?? query.location);
	const clear = () => change({ kind: undefined, location: undefined, after: undefined, page: undefined });
	return (
		<Page title={t('finding.title')} intro={t('finding.intro')}>
			<Tabs now={state} numbers={{ open: sum(open.data), solved: sum(solved.data) }} location={query.location} />
			<div className="pomona-row"><Filters fields={fields} query={query} change={change} /></div>
			<Chips fields={fields} query={query} change={change} />
			<JobStrips />
			{read.error && <Trouble error={read.error} again={() => void read.refetch()} />}
			{read.isPending && <Loading label={t('state.loading')} />}
			{read.data && groups.length === 0 && (filtered
				? <Empty title={t('finding.no_match')} actions={<ClearFilters onClick={clear} />} />
				: state === 'open' ? <Empty title={t('finding.none')}>{t('finding.none_words')}</Empty> : <Empty title={t('finding.none_over')} />)}
			{groups.map((one) => (
				<GroupCard key={`${one.location} ${one.kind} ${state}`} group={one} state={state} whole={groups.length === 1} many={locations.length > 1} done={count} query={query} change={change} onWish={setWish} />
			))}
			{wish && <Suspense><RepairDialog wish={wish} onClose={() => setWish(null)} onDone={done} /></Suspense>}
		</Page>
	);
}
