// User > list of users.
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { Alert, Badge, Button, Divider, DropdownItem, Spinner } from '@patternfly/react-core';
import ColumnsIcon from '@patternfly/react-icons/dist/esm/icons/columns-icon';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { Location, Person } from '../lib/api';
import { useQueryState, writeQuery, type Query } from '../lib/address';
import { t } from '../lib/i18n';
import { usePreferred } from '../lib/preferences';
import { peopleCountQuery, peopleQuery, useChosenLocation, type PeopleQuery } from '../lib/queries';
import { allMatching, NOTHING, pageState, selectedCount, selectionBody, withRows, type Selection } from '../lib/selection';
import { useMay } from '../lib/session';
import { useKeys } from '../lib/shortcuts';
import { rememberNames, useSelection } from '../lib/use_selection';
import { BulkSelect, SelectionLine } from '../parts/bulk_select';
import { Chips, Filters, Search, type FilterField } from '../parts/filters';
import { JobStrips } from '../parts/job_strip';
import { Page } from '../parts/page';
import { Pager, pageOf } from '../parts/pager';
import { ClearFilters, Empty, Loading, ReadTrouble } from '../parts/states';
import { useSays } from '../parts/toasts';
import { Views, type Preset } from '../parts/views';
import { useVppDialog, VERBS, VppActions, type Chosen, type WhyNot } from '../parts/vpp_actions';
import { chosenColumns, type PeopleColumn } from './people_columns';
import { PeopleTable } from './people_table';

const more = () => import('./people_more');
const AddPerson = lazy(() => more().then((dialogs) => ({ default: dialogs.AddPerson })));
const ColumnsDialog = lazy(() => more().then((dialogs) => ({ default: dialogs.ColumnsDialog })));
const FindDialog = lazy(() => more().then((dialogs) => ({ default: dialogs.FindDialog })));
const ReviewDialog = lazy(() => more().then((dialogs) => ({ default: dialogs.ReviewDialog })));

const FILTERS = ['q', 'state', 'eligible', 'platform', 'active', 'department'] as const;
const STATES = ['none', 'requested', 'registered', 'invited', 'associated', 'removing', 'removed', 'checking'] as const;
const VPP_USERS = 'requested,registered,invited,associated,removing,checking';

function fields(): FilterField[] {
	const yesNo = [{ value: '1', text: t('people.yes') }, { value: '0', text: t('people.no') }];
	return [
		{ name: 'state', label: t('people.vpp'), several: true, choices: [...STATES.map((one) => ({ value: one, text: t(`vpp.${one}`) })), { value: 'failed', text: t('people.failed') }] },
		{ name: 'platform', label: t('people.platform'), several: true, choices: ['iOS', 'iPadOS', 'macOS', 'other'].map((one) => ({ value: one, text: one === 'other' ? t('people.other_platform') : one })) },
		{ name: 'eligible', label: t('people.eligible'), choices: yesNo, seldom: true },
		{ name: 'active', label: t('people.account'), seldom: true, choices: [{ value: '1', text: t('person.active') }, { value: '0', text: t('person.inactive') }] },
		{ name: 'department', label: t('people.department'), seldom: true },
	];
}

function presets(): Preset[] {
	return [
		{ text: t('people.preset_all'), query: {} },
		{ text: t('people.preset_ios'), query: { eligible: '1', platform: 'iOS,iPadOS' } },
		{ text: t('people.preset_vpp'), query: { state: VPP_USERS } },
		{ text: t('people.preset_open'), query: { state: 'registered,invited' } },
		{ text: t('people.preset_done'), query: { state: 'associated' } },
		{ text: t('people.preset_failed'), query: { state: 'failed' } },
	];
}

/** The query of the API for what the address says. */
function asked(query: Query, location: number | undefined, size: number): PeopleQuery {
	const { limit, after } = pageOf(query, size);
	const list: Record<string, string | number | undefined> = { limit, after, location, sort: query.sort === '-name' ? '-name' : 'name' };
	for (const name of FILTERS) if (query[name]) list[name] = query[name];
	return list as PeopleQuery;
}

/** What is shown, as a file: the same filter and columns. */
function csvAddress(list: object, columns: PeopleColumn[]): string {
	const query = Object.fromEntries(Object.entries(list).map(([name, value]) => [name, value === undefined ? undefined : String(value)]));
	const names = ['user_name', 'display_name', ...columns.flatMap((one) => one.csv)];
	return `/api/v1/people.csv${writeQuery({ ...query, columns: [...new Set(names)].join(',') })}`;
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
	for (const verb of VERBS) {
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

/** How many match, and how many there are; undefined while that is not known. */
function useTotals(counted: PeopleQuery, isKnown: boolean, isExact: boolean) {
	const quick = useQuery({ ...peopleCountQuery(counted), enabled: isKnown }).data;
	const exact = useQuery({ ...peopleCountQuery({ ...counted, exact: 1 }), enabled: quick === null && isExact }).data;
	const all = useQuery({ ...peopleCountQuery({ location: counted.location }), enabled: isKnown }).data ?? undefined;
	return { many: quick === null, total: quick === null ? exact ?? undefined : quick, all };
}

export default function People() {
	const [query, change] = useQueryState();
	const [, go] = useLocation();
	const { announce } = useSays();
	const [preferences] = usePreferred();
	const mayChange = useMay('operator');
	const [open, setOpen] = useState<'add' | 'columns' | 'find' | 'review' | null>(null);
	const { locations, location, isKnown } = useChosenLocation(query.location);
	const list = asked(query, location, preferences.page_size);
	const { limit: _limit, after: _after, sort: _sort, ...counted } = list;
	const filterKey = JSON.stringify(counted);
	const { selection, select, clear } = useSelection(filterKey);
	const page = useQuery({ ...peopleQuery(list), enabled: isKnown });
	const { many, total, all } = useTotals(counted, isKnown, selection.mode === 'filter');
	const people = useMemo(() => page.data?.items ?? [], [page.data]);
	const rows = people.map((one) => one.id);
	const columns = useMemo(() => chosenColumns(preferences.user_columns), [preferences.user_columns]);
	const filter = selectionFilter(query);
	const filtered = Object.keys(filter).length > 0;
	const count = selectedCount(selection, total ?? 0);
	const chosen: Chosen | null = count > 0 ? { selection: selectionBody(selection, filter as Record<string, string>, total ?? 0), count, location } : null;
	const one = useVppDialog(() => undefined);
	const clearFilters = () => change(Object.fromEntries([...FILTERS, 'after', 'page'].map((name) => [name, undefined])));
	useEffect(() => rememberNames(people), [people]);
	useEffect(() => {
		if (total !== undefined && filtered) announce(t('people.found', { count: total }));
	}, [announce, filtered, filterKey, total]);
	useEffect(() => {
		if (count > 0) announce(t('select.some', { count }));
	}, [announce, count]);
	useKeys({
		A: () => select(pageState(selection, rows) === 'all' ? allMatching() : withRows(selection, rows, true)),
		...(count > 0 && { Escape: clear }),
	});
	const empty = page.data && people.length === 0;
	return (
		<Page title={t('nav.user')} badge={total !== undefined && <Badge isRead>{filtered && all !== undefined ? t('people.count_of', { number: total, count: all }) : t('people.count', { count: total })}</Badge>}
			actions={(
				<>
					{people.length > 0 && <a className="pf-v6-c-button pf-m-link" href={csvAddress(counted, columns)} download>{t('people.export')}</a>}
					{mayChange && <Button variant="secondary" onClick={() => setOpen('add')}>{t('people.add')}</Button>}
					{mayChange && <Button variant="secondary" onClick={() => go('/user/import')}>{t('people.import')}</Button>}
				</>
			)}>
			{isKnown && locations.length === 0 && <Alert isInline variant="info" component="h2" title={t('connect.first')}><Link to="/setting/ios/vpp">{t('nav.vpp')}</Link></Alert>}
			<Views page="user" label={t('people.presets')} presets={presets()} keep={{ location: query.location }} />
			<div className="pomona-row">
				<BulkSelect selection={selection} rows={rows} total={total} many={many} onChange={select}>
					<Divider component="li" key="line" />
					<DropdownItem key="find" onClick={() => setOpen('find')}>{t('find.title')}</DropdownItem>
				</BulkSelect>
				<Search value={query.q ?? ''} change={change} label={t('people.search')} hint={t('people.search_hint')} />
				<LocationChoice locations={locations} value={location} onChange={(id) => change({ location: id || undefined, after: undefined, page: undefined })} />
				<Filters fields={fields()} query={query} change={change} />
				<Button variant="control" icon={<ColumnsIcon />} aria-label={t('columns.title')} className="pomona-wide-only" onClick={() => setOpen('columns')} />
				{page.isFetching && page.data && <Spinner size="md" aria-label={t('state.loading')} />}
			</div>
			<Chips fields={fields()} query={query} change={change} />
			<VppActions chosen={chosen} why={whyNot(selection, people)} onStarted={() => select(NOTHING)} label={t('people.actions')} />
			<JobStrips />
			<SelectionLine selection={selection} rows={rows} total={total} onChange={select} onReview={() => setOpen('review')} onClear={clear} />
			<ReadTrouble read={page} title={t('people.trouble')} />
			{page.isPending && <Loading label={t('people.loading')} />}
			{empty && filtered && <Empty title={t('people.no_match')} actions={<ClearFilters onClick={clearFilters} />}>{t('people.no_match_words')}</Empty>}
			{empty && !filtered && (
				<Empty title={t('people.none_yet')} actions={mayChange && <Button onClick={() => go('/user/import')}>{t('people.import')}</Button>}>{t('people.none_yet_words')}</Empty>
			)}
			{people.length > 0 && (
				<PeopleTable people={people} columns={columns} selection={selection} q={query.q} location={query.location ? writeQuery({ location: query.location }) : ''}
					descending={query.sort === '-name'} busy={page.isPlaceholderData} roomy={preferences.density === 'comfortable'}
					onSelect={(ids, selected) => select(withRows(selection, ids, selected))}
					onSort={() => change({ sort: query.sort === '-name' ? undefined : '-name', after: undefined, page: undefined })}
					onAct={(verb, person) => one.start(verb, { selection: { ids: [person.id] }, count: 1, location })} />
			)}
			<Pager query={query} change={change} shown={people.length} next={page.data?.next} total={total} label={t('people.pages')} />
			{one.dialog}
			<Suspense>
				{open === 'add' && <AddPerson onClose={() => setOpen(null)} onAdded={(person) => go(`/user/${person.id}`)} />}
				{open === 'columns' && <ColumnsDialog onClose={() => setOpen(null)} />}
				{open === 'find' && <FindDialog onClose={() => setOpen(null)} onFound={(ids) => { select(withRows(NOTHING, ids, true)); setOpen(null); }} />}
				{open === 'review' && <ReviewDialog selection={selection} count={count} onSelect={select} onClose={() => setOpen(null)} />}
			</Suspense>
		</Page>
	);
}
