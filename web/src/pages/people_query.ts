// What the address of User > list of users says, as the API takes it; and what its filters are.
import { writeQuery, type Query } from '../lib/address';
import { t } from '../lib/i18n';
import type { PeopleQuery } from '../lib/queries';
import type { FilterField } from '../parts/filters';
import { pageOf } from '../parts/pager';
import type { Preset } from '../parts/views';
import { sortOf, type PeopleColumn } from './people_columns';

export const FILTERS = ['q', 'state', 'eligible', 'platform', 'active', 'department'] as const;
const STATES = ['none', 'requested', 'registered', 'invited', 'associated', 'removing', 'removed', 'checking'] as const;
const VPP_USERS = 'requested,registered,invited,associated,removing,checking';

export function fields(): FilterField[] {
	const yesNo = [{ value: '1', text: t('people.yes') }, { value: '0', text: t('people.no') }];
	return [
		{ name: 'state', label: t('people.vpp'), several: true, choices: [...STATES.map((one) => ({ value: one, text: t(`vpp.${one}`) })), { value: 'failed', text: t('people.failed') }] },
		{ name: 'platform', label: t('people.platform'), several: true, choices: ['iOS', 'iPadOS', 'macOS', 'other'].map((one) => ({ value: one, text: one === 'other' ? t('people.other_platform') : one })) },
		{ name: 'eligible', label: t('people.eligible'), choices: yesNo, seldom: true },
		{ name: 'active', label: t('people.account'), seldom: true, choices: [{ value: '1', text: t('person.active') }, { value: '0', text: t('person.inactive') }] },
		{ name: 'department', label: t('people.department'), seldom: true },
	];
}

export function presets(): Preset[] {
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
export function asked(query: Query, location: number | undefined, size: number): PeopleQuery {
	const { limit, after } = pageOf(query, size);
	const sort = sortOf(query.sort);
	const list: Record<string, string | number | undefined> = { limit, after, location, sort: `${sort.down ? '-' : ''}${sort.by}` };
	for (const name of FILTERS) if (query[name]) list[name] = query[name];
	return list as PeopleQuery;
}

/** What is shown, as a file: the same filter, order and columns. */
export function csvAddress(list: object, columns: PeopleColumn[]): string {
	const query = Object.fromEntries(Object.entries(list).map(([name, value]) => [name, value === undefined ? undefined : String(value)]));
	const names = ['user_name', 'display_name', ...columns.flatMap((one) => one.csv)];
	return `/api/v1/people.csv${writeQuery({ ...query, columns: [...new Set(names)].join(',') })}`;
}

/** The filter as the API's selection takes it: real booleans. */
export function selectionFilter(query: Query): Record<string, string | boolean> {
	const filter: Record<string, string | boolean> = {};
	for (const name of FILTERS) {
		const value = query[name];
		if (value) filter[name] = name === 'eligible' || name === 'active' ? value === '1' : value;
	}
	return filter;
}
