import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Badge, Label } from '@patternfly/react-core';
import { Link } from 'wouter';
import { api, body } from '../lib/api';
import { useQueryState } from '../lib/address';
import { t } from '../lib/i18n';
import { useLocations } from '../lib/queries';
import type { components, paths } from '../lib/schema';
import { Copy } from '../parts/copy';
import { Facts } from '../parts/facts';
import { Chips, Filters, Search, type FilterField } from '../parts/filters';
import { Page } from '../parts/page';
import { usePageOf } from '../parts/pager';
import { Licences } from '../parts/licences';
import { Rows, type Column, type More } from '../parts/rows';
import { ClearFilters, Empty } from '../parts/states';
import { Views } from '../parts/views';

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

/** What a row opens to show: all that is known, and the licences that the device itself holds. */
export function deviceMore(location: number | undefined): More<Device> {
	return {
		name: (device) => device.serial_number,
		show: (device) => (
			<div className="pomona-stack">
				<Facts rows={[
					[t('device.serial'), <Copy key="s" text={device.serial_number} what={t('device.serial')} mono />],
					['UDID', device.udid ? <Copy key="u" text={device.udid} what="UDID" mono /> : '–'],
				]} />
				<Licences location={location} whose={{ serial_number: device.serial_number }} />
			</div>
		),
	};
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
	const location = useLocations().data?.items[0]?.id;
	const filtered = Boolean(query.q ?? query.platform ?? query.state);
	const clear = () => change({ q: undefined, platform: undefined, state: undefined, after: undefined, page: undefined });
	const empty = filtered
		? <Empty title={t('device.no_match')} actions={<ClearFilters onClick={clear} />}>{t('people.no_match_words')}</Empty>
		: <Empty title={t('device.none')} actions={<Link to="/user/import?kind=devices">{t('device.import')}</Link>}>{t('device.none_words')}</Empty>;
	return (
		<Page title={t('nav.device')} badge={list.data?.total !== undefined && <Badge isRead>{t('device.count', { count: list.data.total })}</Badge>}>
			<Views page="device" label={t('people.presets')} presets={[{ text: t('people.preset_all'), query: {} }, { text: t('device.state.activated'), query: { state: 'activated' } }, { text: t('device.state.pending'), query: { state: 'pending' } }]} />
			<div className="pomona-row">
				<Search value={query.q ?? ''} change={change} label={t('device.search')} hint={t('device.search_hint')} />
				<Filters fields={fields} query={query} change={change} />
			</div>
			<Chips fields={fields} query={query} change={change} />
			<Rows label={t('nav.device')} columns={deviceColumns(true)} list={list} rowKey={(device) => device.id} empty={empty} query={query} change={change} more={deviceMore(location)} />
		</Page>
	);
}
