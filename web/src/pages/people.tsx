// User > list of users.
import { useEffect, useMemo, useState } from 'react';
import { Badge, Button, Spinner } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { Location, Person } from '../lib/api';
import { useQueryState, writeQuery, type Query } from '../lib/address';
import { t } from '../lib/i18n';
import { peopleCountQuery, peopleQuery, useChosenLocation, type PeopleQuery } from '../lib/queries';
import { NOTHING, selectedCount, selectionBody, withRows, SELECTION_MOST, type Selection } from '../lib/selection';
import { useMay } from '../lib/session';
import { BulkSelect, SelectionLine } from '../parts/bulk_select';
import { Chips, Filters, Search, type FilterField } from '../parts/filters';
import { JobStrips } from '../parts/job_strip';
import { Page } from '../parts/page';
import { Pager, pageOf } from '../parts/pager';
import { ClearFilters, Empty, Loading, Trouble } from '../parts/states';
import { useSays } from '../parts/toasts';
import { VppActions, type Chosen, type WhyNot } from '../parts/vpp_actions';
import { AddPerson } from './person_form';
import { PeopleTable } from './people_table';

const FILTERS = ['q', 'state', 'eligible', 'platform', 'active', 'department'] as const;

function fields(): FilterField[] {
	const states = ['none', 'requested', 'registered', 'invited', 'associated', 'removing', 'removed', 'checking'] as const;
	const yesNo = [{ value: '1', text: t('people.yes') }, { value: '0', text: t('people.no') }];
	return [
		{ name: 'state', label: t('people.vpp'), choices: [...states.map((one) => ({ value: one, text: t(`vpp.${one}`) })), { value: 'failed', text: t('people.failed') }] },
		{ name: 'eligible', label: t('people.eligible'), choices: yesNo },
		{ name: 'platform', label: t('people.platform'), choices: ['iOS', 'iPadOS', 'macOS'].map((one) => ({ value: one, text: one })) },
		{ name: 'active', label: t('people.account'), choices: [{ value: '1', text: t('person.active') }, { value: '0', text: t('person.inactive') }] },
	];
}

const PRESETS = [
	{ key: 'people.preset_all', query: {} },
	{ key: 'people.preset_ios', query: { eligible: '1', platform: 'iOS' } },
	{ key: 'people.preset_open', query: { state: 'invited' } },
	{ key: 'people.preset_done', query: { state: 'associated' } },
	{ key: 'people.preset_failed', query: { state: 'failed' } },
] as const;

function Presets({ query }: { query: Query }) {
	const now = JSON.stringify(FILTERS.map((name) => (name === 'q' ? undefined : query[name])));
	return (
		<nav aria-label={t('people.presets')} className="pomona-presets">
			{PRESETS.map((one) => {
				const wanted: Query = one.query;
				const here = now === JSON.stringify(FILTERS.map((name) => (name === 'q' ? undefined : wanted[name])));
				return <Link key={one.key} to={`/user${writeQuery({ ...one.query, location: query.location })}`} aria-current={here ? 'true' : undefined}>{t(one.key)}</Link>;
			})}
		</nav>
	);
}

/** The query of the API for what the address says. */
function asked(query: Query, location: number | undefined): PeopleQuery {
	const { limit, after } = pageOf(query);
	const list: Record<string, string | number | undefined> = { limit, after, location, sort: query.sort === '-name' ? '-name' : 'name' };
	for (const name of FILTERS) if (query[name]) list[name] = query[name];
	return list as PeopleQuery;
}

function csvQuery(list: object): Record<string, string | undefined> {
	return Object.fromEntries(Object.entries(list).map(([name, value]) => [name, value === undefined ? undefined : String(value)]));
}

/** The filter as the API's selection takes it: real booleans. */
function selectionFilter(query: Query): Record<string, string | boolean> {
	const filter: Record<string, string | boolean> = {};
	for (const name of FILTERS) {
		const value = query[name];
		if (value) filter[name] = name === 'eligible' || name === 'active' ? value === '1' : value;
	}
	return filter;
}

/** When every selected row is on this page and none can, say why; otherwise the preview decides. */
function whyNot(selection: Selection, people: Person[]): WhyNot {
	if (selection.mode !== 'ids') return {};
	const chosen = people.filter((one) => selection.ids.has(one.id));
	if (chosen.length === 0 || chosen.length < selection.ids.size) return {};
	const why: WhyNot = {};
	for (const verb of ['invite', 'delete', 'sync'] as const) {
		if (chosen.every((one) => !one.vpp.can[verb].possible)) {
			why[verb] = chosen.length === 1 ? chosen[0]?.vpp.can[verb].reason ?? t(`people.none_${verb}`) : t(`people.none_${verb}`);
		}
	}
	return why;
}

function LocationChoice({ locations, value, onChange }: { locations: Location[]; value: number | undefined; onChange: (id: string) => void }) {
	if (locations.length < 2) return null;
	const field = { name: 'location', label: t('people.location'), choices: locations.map((one) => ({ value: String(one.id), text: one.name })) };
	return <Filters fields={[field]} query={{ location: String(value ?? '') }} change={(next) => onChange(next.location ?? '')} />;
}

/** A selection belongs to the filter under which it was made. */
function useSelection(filterKey: string): [Selection, (next: Selection | null) => void] {
	const { toast } = useSays();
	const [kept, setKept] = useState<{ selection: Selection; filterKey: string }>({ selection: NOTHING, filterKey });
	const over = kept.selection.mode === 'filter' && kept.filterKey !== filterKey;
	useEffect(() => {
		if (!over) return;
		setKept({ selection: NOTHING, filterKey });
		toast(t('select.cleared'));
	}, [over, filterKey, toast]);
	const set = (next: Selection | null) => {
		if (next) setKept({ selection: next, filterKey });
		else toast(t('select.too_many', { count: SELECTION_MOST }));
	};
	return [over ? NOTHING : kept.selection, set];
}

export default function People() {
	const [query, change] = useQueryState();
	const [, go] = useLocation();
	const { announce } = useSays();
	const mayChange = useMay('operator');
	const [adding, setAdding] = useState(false);
	const { locations, location, isKnown } = useChosenLocation(query.location);
	const list = asked(query, location);
	const { limit: _limit, after: _after, sort: _sort, ...counted } = list;
	const page = useQuery({ ...peopleQuery(list), enabled: isKnown });
	const filterKey = JSON.stringify(counted);
	const [selection, select] = useSelection(filterKey);
	const quick = useQuery({ ...peopleCountQuery(counted), enabled: isKnown }).data;
	const exact = useQuery({ ...peopleCountQuery({ ...counted, exact: 1 }), enabled: quick === null && selection.mode === 'filter' }).data;
	const total = quick === null ? exact ?? undefined : quick;
	const people = useMemo(() => page.data?.items ?? [], [page.data]);
	const rows = people.map((one) => one.id);
	const filter = selectionFilter(query);
	const filtered = Object.keys(filter).length > 0;
	const count = selectedCount(selection, total ?? 0);
	const chosen: Chosen | null = count > 0 ? { selection: selectionBody(selection, filter as Record<string, string>, total ?? 0), count, location } : null;
	const clear = () => change(Object.fromEntries([...FILTERS, 'after', 'page'].map((name) => [name, undefined])));
	useEffect(() => {
		if (total !== undefined && filtered) announce(t('people.found', { count: total }));
	}, [announce, filtered, filterKey, total]);
	const empty = page.data && people.length === 0;
	return (
		<Page title={t('nav.user')} badge={total !== undefined && <Badge isRead>{t('people.count', { count: total })}</Badge>}
			actions={(
				<>
					{people.length > 0 && <a className="pf-v6-c-button pf-m-link" href={`/api/v1/people.csv${writeQuery(csvQuery(counted))}`} download>{t('people.export')}</a>}
					{mayChange && <Button variant="secondary" onClick={() => setAdding(true)}>{t('people.add')}</Button>}
					{mayChange && <Button variant="secondary" onClick={() => go('/user/import')}>{t('people.import')}</Button>}
				</>
			)}>
			<Presets query={query} />
			<div className="pomona-row">
				<BulkSelect selection={selection} rows={rows} total={total} many={quick === null} onChange={select} />
				<Search value={query.q ?? ''} change={change} label={t('people.search')} hint={t('people.search_hint')} />
				<LocationChoice locations={locations} value={location} onChange={(id) => change({ location: id || undefined, after: undefined, page: undefined })} />
				<Filters fields={fields()} query={query} change={change} />
				{page.isFetching && page.data && <Spinner size="md" aria-label={t('state.loading')} />}
			</div>
			<Chips fields={fields()} query={query} change={change} />
			<VppActions chosen={chosen} why={whyNot(selection, people)} onStarted={() => select(NOTHING)} label={t('people.actions')} />
			<JobStrips />
			<SelectionLine selection={selection} rows={rows} total={total} onChange={select} />
			{page.error && <Trouble error={page.error} again={() => void page.refetch()} title={t('people.trouble')} />}
			{page.isPending && <Loading label={t('people.loading')} />}
			{empty && filtered && <Empty title={t('people.no_match')} actions={<ClearFilters onClick={clear} />}>{t('people.no_match_words')}</Empty>}
			{empty && !filtered && (
				<Empty title={t('people.none_yet')} actions={mayChange && <Button onClick={() => go('/user/import')}>{t('people.import')}</Button>}>{t('people.none_yet_words')}</Empty>
			)}
			{people.length > 0 && (
				<PeopleTable people={people} selection={selection} descending={query.sort === '-name'} busy={page.isPlaceholderData}
					onSelect={(ids, selected) => select(withRows(selection, ids, selected))}
					onSort={() => change({ sort: query.sort === '-name' ? undefined : '-name', after: undefined, page: undefined })} />
			)}
			<Pager query={query} change={change} shown={people.length} next={page.data?.next} total={total} label={t('people.pages')} />
			{adding && <AddPerson onClose={() => setAdding(false)} onAdded={(person) => go(`/user/${person.id}`)} />}
		</Page>
	);
}
