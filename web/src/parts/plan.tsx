// A sync's plan, grouped by what it would change and where.
import { useState } from 'react';
import { Button, ExpandableSection } from '@patternfly/react-core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, type Item, type Job } from '../lib/api';
import { t, tMaybe } from '../lib/i18n';
import { Loading, Trouble } from './states';

const PAGE = 200;
/** The order in which groups are shown: what changes at Apple first. */
const ORDER = ['create', 'update', 'retire', 'message', 'look', 'note_registered', 'note_associated', 'note_retired', 'note_missing', 'note_found', 'adopt', 'foreign'];

/** The changes that wait for their OK; what is left alone is only counted. */
function usePlan(id: number) {
	return useInfiniteQuery({
		queryKey: ['items', id, 'plan'],
		queryFn: ({ pageParam, signal }) => body(api.GET('/api/v1/jobs/{id}/items', {
			params: { path: { id }, query: { state: 'planned', limit: PAGE, after: pageParam } }, signal,
		})),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (last) => last.next ?? undefined,
	});
}

/** How many changes a planned sync would make. */
export function planCount(job: Job): number {
	return Math.max(0, job.total - job.skipped);
}

function Group({ kind, items, open: openFirst, more }: { kind: string; items: Item[]; open: boolean; more: boolean }) {
	const [open, setOpen] = useState(openFirst);
	const title = t('plan.group', { title: tMaybe(`plan.${kind}`, kind), number: more ? t('plan.at_least', { count: items.length }) : items.length });
	return (
		<ExpandableSection toggleText={title} isExpanded={open} onToggle={(_event, next) => setOpen(next)}>
			<p className="pomona-muted pomona-small">{tMaybe(`plan.help.${kind}`, '')}</p>
			<ul className="pomona-list pomona-scroll" tabIndex={0} aria-label={title}>
				{items.map((item) => (
					<li key={item.id} className="pomona-wrap">
						{item.person ? <Link to={`/user/${item.person.id}`}>{item.person.display_name}</Link> : t('plan.nobody')}
						{(item.detail ?? item.reason) && <span className="pomona-muted"> – {[item.detail, item.reason].filter(Boolean).join('. ')}</span>}
					</li>
				))}
			</ul>
		</ExpandableSection>
	);
}

export function PlanList({ job }: { job: Job }) {
	const plan = usePlan(job.id);
	if (plan.isPending) return <Loading label={t('sync.reading')} rows={3} />;
	if (plan.error && !plan.data) return <Trouble error={plan.error} again={() => void plan.refetch()} />;
	const groups = new Map<string, Item[]>();
	for (const item of plan.data.pages.flatMap((page) => page.items)) groups.set(item.kind, [...(groups.get(item.kind) ?? []), item]);
	const kinds = [...groups.keys()].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
	return (
		<div className="pomona-stack pomona-tight">
			{kinds.map((kind, row) => <Group key={kind} kind={kind} items={groups.get(kind) ?? []} open={row === 0} more={plan.hasNextPage} />)}
			{plan.hasNextPage && (
				<div><Button variant="link" isInline isLoading={plan.isFetchingNextPage} onClick={() => void plan.fetchNextPage()}>{t('plan.more')}</Button></div>
			)}
			{job.skipped > 0 && <p className="pomona-muted">{t('plan.alone', { count: job.skipped })} <Link to={`/job/${job.id}`}>{t('plan.alone_who')}</Link></p>}
		</div>
	);
}
