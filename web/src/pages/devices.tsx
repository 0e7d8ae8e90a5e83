import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Label } from '@patternfly/react-core';
import { Link } from 'wouter';
import { api, body } from '../lib/api';
import { useQueryState } from '../lib/address';
import { t } from '../lib/i18n';
import type { components, paths } from '../lib/schema';
import { Chips, Filters, Search, type FilterField } from '../parts/filters';
import { Page } from '../parts/page';
import { usePageOf } from '../parts/pager';
import { Rows, type Column } from '../parts/rows';
import { ClearFilters, Empty } from '../parts/states';

export type Device = components['schemas']['Device'];
type DevicesQuery = NonNullable<paths['/api/v1/devices']['get']['parameters']['query']>;

export function DeviceState({ state }: { state: Device['state'] }) {
	return <Label isCompact variant="outline" color={state === 'activated' ? 'green' : 'grey'}>{t(`device.state.${state}`)}</Label>;
}

export function deviceColumns(withPerson: boolean): Column<Device>[] {
	const columns: Column<Device>[] = [
		{ key: 'serial', title: t('device.serial'), width: 20, cell: (device) => <><span className="pomona-mono">{device.serial_number}</span>{device.name && <div className="pomona-muted pomona-small">{device.name}</div>}</> },
		{ key: 'platform', title: t('people.platform'), width: 15, cell: (device) => [device.platform, device.os_version].filter(Boolean).join(' ') },
		{ key: 'model', title: t('device.model'), width: 20, cell: (device) => device.model ?? <span className="pomona-muted">–</span> },
		{ key: 'enrolment', title: t('device.enrolment'), width: 15, cell: (device) => t(`device.enrolment.${device.enrolment_type}`) },
		{ key: 'state', title: t('device.state'), width: 15, cell: (device) => <DeviceState state={device.state} /> },
	];
	if (withPerson) columns.splice(1, 0, { key: 'person', title: t('device.person'), width: 20, cell: (device) => (device.person ? <Link to={`/user/${device.person.id}`}>{device.person.display_name}</Link> : <span className="pomona-muted">{t('device.nobody')}</span>) });
	return columns;
}

export default function Devices() {
	const [query, change] = useQueryState();
	const { limit, after } = usePageOf(query);
	const asked = { limit, after, count: 1, q: query.q, platform: query.platform, state: query.state } as DevicesQuery;
	const list = useQuery({
		queryKey: ['devices', asked],
		queryFn: ({ signal }) => body(api.GET('/api/v1/devices', { params: { query: asked }, signal })),
		placeholderData: keepPreviousData,
	});
	const fields: FilterField[] = [
		{ name: 'platform', label: t('people.platform'), choices: ['iOS', 'iPadOS', 'macOS', 'tvOS', 'watchOS', 'visionOS', 'other'].map((one) => ({ value: one, text: one })) },
		{ name: 'state', label: t('device.state'), choices: (['activated', 'pending', 'left'] as const).map((one) => ({ value: one, text: t(`device.state.${one}`) })) },
	];
	const filtered = Boolean(query.q ?? query.platform ?? query.state);
	const clear = () => change({ q: undefined, platform: undefined, state: undefined, after: undefined, page: undefined });
	const empty = filtered
		? <Empty title={t('device.no_match')} actions={<ClearFilters onClick={clear} />}>{t('people.no_match_words')}</Empty>
		: <Empty title={t('device.none')} actions={<Link to="/user/import?kind=devices">{t('device.import')}</Link>}>{t('device.none_words')}</Empty>;
	return (
		<Page title={t('nav.device')}>
			<div className="pomona-row">
				<Search value={query.q ?? ''} change={change} label={t('device.search')} hint={t('device.search_hint')} />
				<Filters fields={fields} query={query} change={change} />
			</div>
			<Chips fields={fields} query={query} change={change} />
			<Rows label={t('nav.device')} columns={deviceColumns(true)} list={list} rowKey={(device) => device.id} empty={empty} query={query} change={change} />
		</Page>
	);
}
