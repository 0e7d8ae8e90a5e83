// User > list of users.
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { Alert, Badge, Button, Divider, DropdownItem, Spinner } from '@patternfly/react-core';
import ColumnsIcon from '@patternfly/react-icons/dist/esm/icons/columns-icon';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { Location, Person } from '../lib/api';
import { useQueryState, writeQuery } from '../lib/address';
import { t } from '../lib/i18n';
import { usePreferred } from '../lib/preferences';
import { peopleTotalQuery, peopleQuery, useChosenLocation, type PeopleQuery } from '../lib/queries';
import { allMatching, NOTHING, pageState, selectedCount, selectionBody, withRows, type Selection } from '../lib/selection';
import { useMay } from '../lib/session';
import { useKeys } from '../lib/shortcuts';
import { rememberNames, useSelection } from '../lib/use_selection';
import { BulkSelect, SelectionLine } from '../parts/bulk_select';
import { Chips, Filters, Search } from '../parts/filters';
import { JobStrips } from '../parts/job_strip';
import { Page } from '../parts/page';
import { Pager } from '../parts/pager';
import { ClearFilters, Empty, Loading, ReadTrouble } from '../parts/states';
import { useSays } from '../parts/toasts';
import { Views } from '../parts/views';
import { useVppDialog, VERBS, VppActions, type Chosen, type WhyNot } from '../parts/vpp_actions';
import { chosenColumns, sortOf } from './people_columns';
import { asked, csvAddress, fields, FILTERS, presets, selectionFilter } from './people_query';
import { PeopleTable } from './people_table';

const more = () => import('./people_more');
const AddPerson = lazy(() => more().then((dialogs) => ({ default: dialogs.AddPerson })));
const ColumnsDialog = lazy(() => more().then((dialogs) => ({ default: dialogs.ColumnsDialog })));
const FindDialog = lazy(() => more().then((dialogs) => ({ default: dialogs.FindDialog })));
const ReviewDialog = lazy(() => more().then((dialogs) => ({ default: dialogs.ReviewDialog })));

/** Of a search that finds more the server gives the rows as they come. */
const UNSORTED_FROM = 1000;

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

/** How many match, at least how many when they were not counted to the end (`many`), and how many there are; undefined while that is not known. */
function useTotals(counted: PeopleQuery, isKnown: boolean, isExact: boolean) {
	const quick = useQuery({ ...peopleTotalQuery(counted), enabled: isKnown }).data;
	const many = quick?.isMore ?? false;
	const exact = useQuery({ ...peopleTotalQuery({ ...counted, exact: 1 }), enabled: many && isExact });
	const all = useQuery({ ...peopleTotalQuery({ location: counted.location }), enabled: isKnown }).data?.total;
	return { many, total: many ? (exact.isPlaceholderData ? undefined : exact.data?.total) : quick?.total, least: quick?.total, all };
}

function Totals({ filtered, total, least, all }: { filtered: boolean; total: number | undefined; least: number | undefined; all: number | undefined }) {
	const words = total === undefined ? least && all !== undefined ? t('people.count_least', { number: least, total: all }) : null
		: filtered && all !== undefined ? t('people.count_of', { number: total, count: all }) : t('people.count', { count: total });
	return words && <Badge isRead>{words}</Badge>;
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
	const { many, total, least, all } = useTotals(counted, isKnown, selection.mode === 'filter');
	const people = useMemo(() => page.data?.items ?? [], [page.data]);
	const rows = people.map((one) => one.id);
	const columns = useMemo(() => chosenColumns(preferences.user_columns), [preferences.user_columns]);
	const filter = selectionFilter(query);
	const filtered = Object.keys(filter).length > 0;
	const count = selectedCount(selection, total ?? 0);
	const chosen: Chosen | null = count > 0 ? { selection: selectionBody(selection, filter as Record<string, string>, total ?? 0), count, location, everyone: selection.mode === 'filter' && selection.exclude.size === 0 && !filtered } : null;
	const one = useVppDialog(() => undefined);
	const clearFilters = () => change(Object.fromEntries([...FILTERS, 'after', 'page'].map((name) => [name, undefined])));
	useEffect(() => rememberNames(people), [people]);
	useEffect(() => {
		if (total !== undefined && filtered) announce(t('people.found', { count: total }));
		else if (many && least) announce(t('people.found_least', { number: least }));
	}, [announce, filtered, filterKey, least, many, total]);
	useEffect(() => {
		if (count > 0) announce(t('select.some', { count }));
	}, [announce, count]);
	useKeys({
		A: () => select(pageState(selection, rows) === 'all' ? allMatching() : withRows(selection, rows, true)),
		...(count > 0 && { Escape: clear }),
	});
	const empty = page.data && people.length === 0;
	return (
		<Page title={t('nav.user')} badge={<Totals filtered={filtered} total={total} least={many ? least : undefined} all={all} />}
			actions={(
				<>
					{people.length > 0 && <a className="pf-v6-c-button pf-m-link" href={csvAddress({ ...counted, sort: list.sort }, columns)} download>{t('people.export')}</a>}
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
			<VppActions chosen={chosen} why={whyNot(selection, people)} nobody={selection.mode === 'filter' && total === undefined ? t('select.counting') : undefined} onStarted={() => select(NOTHING)} label={t('people.actions')} />
			<JobStrips />
			<SelectionLine selection={selection} rows={rows} total={total} many={many} onChange={select} onReview={() => setOpen('review')} onClear={clear} />
			<ReadTrouble read={page} title={t('people.trouble')} />
			{page.isPending && <Loading label={t('people.loading')} />}
			{empty && filtered && <Empty title={t('people.no_match')} actions={<ClearFilters onClick={clearFilters} />}>{t('people.no_match_words')}</Empty>}
			{empty && !filtered && (
				<Empty title={t('people.none_yet')} actions={mayChange && <Button onClick={() => go('/user/import')}>{t('people.import')}</Button>}>{t('people.none_yet_words')}</Empty>
			)}
			{many && query.q && sortOf(query.sort).by !== 'name' && <p className="pomona-muted pomona-small">{t('people.unsorted', { number: UNSORTED_FROM })}</p>}
			{people.length > 0 && (
				<PeopleTable people={people} columns={columns} selection={selection} q={query.q} location={query.location ? writeQuery({ location: query.location }) : ''}
					sort={sortOf(query.sort)} busy={page.isPlaceholderData} roomy={preferences.density === 'comfortable'}
					onSelect={(ids, selected) => select(withRows(selection, ids, selected))}
					onSort={(by, down) => change({ sort: by === 'name' && !down ? undefined : `${down ? '-' : ''}${by}`, after: undefined, page: undefined })}
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
