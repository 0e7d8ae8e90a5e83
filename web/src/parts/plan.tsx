// A sync's plan, grouped by what it would change and where.
import { useState } from 'react';
import { Button, ExpandableSection } from '@patternfly/react-core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, type Item } from '../lib/api';
import { t, tMaybe } from '../lib/i18n';
import { Loading, Trouble } from './states';

const PAGE = 200;
/** The order in which groups are shown: what changes at Apple first, what is skipped last. */
const ORDER = ['create', 'update', 'retire', 'message', 'note_associated', 'note_retired', 'note_missing', 'adopt', 'foreign', 'skip'];

function usePlan(id: number, enabled = true) {
	return useInfiniteQuery({
		queryKey: ['items', id, 'plan'],
		queryFn: ({ pageParam, signal }) => body(api.GET('/api/v1/jobs/{id}/items', {
			params: { path: { id }, query: { limit: PAGE, count: 1, after: pageParam } }, signal,
		})),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (last) => last.next ?? undefined,
		enabled,
	});
}

function isChange(item: Item): boolean {
	return item.kind !== 'skip' && item.state !== 'skipped' && item.state !== 'not_needed';
}

/** How many changes the plan has, undefined until read. */
export function usePlanCount(id: number, enabled: boolean): number | undefined {
	const { data } = usePlan(id, enabled);
	if (!data) return undefined;
	const items = data.pages.flatMap((page) => page.items);
	const more = data.pages.at(-1)?.next ? (data.pages[0]?.total ?? items.length) - items.length : 0;
	return items.filter(isChange).length + more;
}

function groupOf(item: Item): string {
	return isChange(item) ? item.kind : 'skip';
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

export function PlanList({ id }: { id: number }) {
	const plan = usePlan(id);
	if (plan.isPending) return <Loading label={t('sync.reading')} rows={3} />;
	if (plan.error && !plan.data) return <Trouble error={plan.error} again={() => void plan.refetch()} />;
	const items = plan.data.pages.flatMap((page) => page.items);
	if (items.length === 0) return null;
	const groups = new Map<string, Item[]>();
	for (const item of items) groups.set(groupOf(item), [...(groups.get(groupOf(item)) ?? []), item]);
	const kinds = [...groups.keys()].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
	return (
		<div className="pomona-stack pomona-tight">
			{kinds.map((kind, row) => <Group key={kind} kind={kind} items={groups.get(kind) ?? []} open={row === 0 && kind !== 'skip'} more={plan.hasNextPage} />)}
			{plan.hasNextPage && (
				<Button variant="link" isInline isLoading={plan.isFetchingNextPage} onClick={() => void plan.fetchNextPage()}>{t('plan.more')}</Button>
			)}
		</div>
	);
}
