// Findings of one kind: what it means, what Pomona did, what can be done, and to how many at once.
import { useEffect, useState } from 'react';
import { Badge, Button } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { writeQuery, type Query } from '../../lib/address';
import { api, body, type Finding } from '../../lib/api';
import { formatNumber, t } from '../../lib/i18n';
import { allMatching, NOTHING, pageState, selectedCount, withRows, type Selection } from '../../lib/selection';
import { useKeys } from '../../lib/shortcuts';
import { useMay } from '../../lib/session';
import { BulkSelect } from '../../parts/bulk_select';
import { Panel } from '../../parts/card';
import { Facts } from '../../parts/facts';
import { Pager, usePageOf } from '../../parts/pager';
import { Loading, Trouble } from '../../parts/states';
import { When } from '../../parts/when';
import { FindingRows } from './rows';
import { destroys, type Group, type How, type Wish } from './wish';

/** So many are shown where all kinds are. */
const FEW = 5;

type Change = (next: Record<string, string | undefined>) => void;

function Meaning({ group, state }: { group: Group; state: 'open' | 'solved' }) {
	return (
		<>
			<p className="pomona-narrow">{t(`finding.mean.${group.kind}`)}</p>
			<Facts rows={[
				...(state === 'open' ? [[t('finding.did'), t(`finding.did.${group.kind}`)], [t('finding.can'), t(`finding.can.${group.kind}`)]] as [string, string][] : []),
				[t('finding.seen'), <span key="seen"><When at={group.first_seen_at} /> · <span className="pomona-muted">{t('finding.last_seen')} <When at={group.last_seen_at} /></span></span>],
			]} />
		</>
	);
}

/** The same buttons for all of the group and for those that are chosen: the number says which. */
function Acts({ group, selection, count, onAct }: { group: Group; selection: Selection; count: number; onAct: (how: How) => void }) {
	const number = (all: number) => formatNumber(selection.mode === 'filter' || count > 0 ? count : all);
	return (
		<div className="pomona-actions" role="toolbar" aria-label={t('finding.acts_of', { kind: t(`finding.kind.${group.kind}`) })}>
			{group.repair && group.repairable > 0 && (
				<Button variant={destroys(group.repair) ? 'secondary' : 'primary'} isDanger={destroys(group.repair)} onClick={() => onAct(group.repair as How)}>
					{t(`finding.act.${group.repair}`, { number: number(group.repairable) })}
				</Button>
			)}
			<Button variant="secondary" onClick={() => onAct('leave')}>{t('finding.act.leave', { number: number(group.count) })}</Button>
		</div>
	);
}

function useFindings(group: Group, state: 'open' | 'solved', limit: number, after: string | undefined) {
	const asked = { kind: group.kind, location: group.location, state, limit, after };
	return useQuery({
		queryKey: ['findings', 'rows', asked],
		queryFn: ({ signal }) => body(api.GET('/api/v1/findings', { params: { query: asked }, signal })),
		placeholderData: keepPreviousData,
	});
}

const wishOf = (group: Group, how: How, selection: Selection): Wish => {
	const { location, kind } = group;
	if (selection.mode === 'filter') return { location, kind, how, exclude: [...selection.exclude] };
	return { location, kind, how, ...(selection.ids.size > 0 && { ids: [...selection.ids] }) };
};

/** `whole`: it is alone on the page, with all of its pages. `done` counts what was carried out: what was chosen for it is chosen no more. */
export function GroupCard({ group, state, whole, many, done, query, change, onWish }: {
	group: Group; state: 'open' | 'solved'; whole: boolean; many: boolean; done: number; query: Query; change: Change; onWish: (wish: Wish) => void;
}) {
	const mayAct = useMay('operator');
	const place = usePageOf(query);
	const list = useFindings(group, state, whole ? place.limit : FEW, whole ? place.after : undefined);
	const [selection, setSelection] = useState<Selection>(NOTHING);
	const select = (next: Selection | null) => setSelection(next ?? selection);
	const rows = (list.data?.items ?? []).map((one) => one.id);
	const count = selectedCount(selection, group.count);
	const title = t(`finding.kind.${group.kind}`);
	const canAct = mayAct && state === 'open';
	useKeys(whole && canAct ? {
		A: () => select(pageState(selection, rows) === 'all' ? allMatching() : withRows(selection, rows, true)),
		...(count > 0 && { Escape: () => setSelection(NOTHING) }),
	} : {});
	useEffect(() => setSelection(NOTHING), [done]);
	return (
		<Panel title={title} actions={<>{many && <span className="pomona-muted">{group.location_name}</span>} <Badge isRead={state !== 'open'}>{formatNumber(group.count)}</Badge></>}>
			<Meaning group={group} state={state} />
			{canAct && <Acts group={group} selection={selection} count={count} onAct={(how) => onWish(wishOf(group, how, selection))} />}
			{whole && canAct && (
				<div className="pomona-row">
					<BulkSelect selection={selection} rows={rows} total={group.count} many={false} onChange={select} />
					{count > 0 && <span role="status">{t('finding.chosen', { count })}</span>}
				</div>
			)}
			{list.error && <Trouble error={list.error} again={() => void list.refetch()} level="h3" />}
			{list.isPending && <Loading label={t('state.loading')} rows={3} />}
			{list.data && list.data.items.length > 0 && (
				<FindingRows findings={list.data.items} label={title} busy={list.isPlaceholderData} may={mayAct} selection={whole && canAct ? selection : null}
					onSelect={(id, selected) => select(withRows(selection, [id], selected))} onAct={(how, one: Finding) => onWish({ location: group.location, kind: group.kind, how, ids: [one.id] })} />
			)}
			{whole && <Pager query={query} change={change} shown={rows.length} next={list.data?.next} total={group.count} label={t('list.pages', { list: title })} />}
			{!whole && group.count > FEW && (
				<Link to={`/finding${writeQuery({ state: state === 'open' ? undefined : state, kind: group.kind, location: many ? String(group.location) : query.location })}`}>{t('finding.show_all', { number: formatNumber(group.count) })}</Link>
			)}
		</Panel>
	);
}
