// Application: the apps and books that a location owns, the scarcest first.
import { FormSelect, FormSelectOption } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useQueryState, writeQuery, type Query } from '../../lib/address';
import { api, body, type Location } from '../../lib/api';
import { addressOf, assetType, nameOf, type Asset } from '../../lib/assets';
import { formatNumber, t } from '../../lib/i18n';
import { useLocations } from '../../lib/queries';
import type { paths } from '../../lib/schema';
import { Chips, Filters, Search, type FilterField } from '../../parts/filters';
import { ComesBack } from '../../parts/licences';
import { Page } from '../../parts/page';
import { usePageOf } from '../../parts/pager';
import { Rows, type Column } from '../../parts/rows';
import { ClearFilters, Empty, Loading, Trouble } from '../../parts/states';
import { When } from '../../parts/when';
import { Use } from './use';

type AssetsQuery = NonNullable<paths['/api/v1/locations/{id}/assets']['get']['parameters']['query']>;

const number = (value: number | null) => (value === null ? '–' : formatNumber(value));

function columns(location: number | undefined): Column<Asset>[] {
	return [
		{
			key: 'name', title: t('asset.name'), width: 30,
			cell: (asset) => <><Link to={addressOf(asset, location)}>{nameOf(asset)}</Link><div className="pomona-muted pomona-small"><span className="pomona-mono">{asset.adam_id}</span>{asset.pricing_param !== 'STDQ' && <> · {asset.pricing_param}</>}</div></>,
		},
		{ key: 'type', title: t('asset.type'), width: 10, cell: (asset) => assetType(asset.product_type) },
		{ key: 'total', title: t('asset.total'), className: 'pomona-number', cell: (asset) => number(asset.total) },
		{ key: 'assigned', title: t('asset.assigned'), className: 'pomona-number', cell: (asset) => number(asset.assigned) },
		{ key: 'use', title: t('asset.available'), width: 20, cell: (asset) => <Use asset={asset} /> },
		{ key: 'back', title: t('asset.back'), width: 10, cell: (asset) => <ComesBack yes={asset.is_revocable} /> },
	];
}

const USES = ['out', 'nearly'] as const;

function useHowMany(id: number, use: (typeof USES)[number] | undefined) {
	return useQuery({
		queryKey: ['assets', id, 'count', use],
		queryFn: async ({ signal }) => (await body(api.GET('/api/v1/locations/{id}/assets', { params: { path: { id }, query: { use, limit: 1, count: 1 } }, signal }))).total ?? 0,
	}).data;
}

/** All, what is used up, and what soon will be: with their numbers, as links. */
function Presets({ id, query }: { id: number; query: Query }) {
	const numbers = { all: useHowMany(id, undefined), out: useHowMany(id, 'out'), nearly: useHowMany(id, 'nearly') };
	return (
		<nav aria-label={t('asset.uses')} className="pomona-presets">
			{(['all', ...USES] as const).map((one) => (
				<Link key={one} to={`/application${writeQuery({ location: query.location, use: one === 'all' ? undefined : one })}`} aria-current={(query.use ?? 'all') === one ? 'true' : undefined}>
					{t(`asset.use.${one}`, { number: numbers[one] === undefined ? '…' : formatNumber(numbers[one]) })}
				</Link>
			))}
		</nav>
	);
}

function fields(): FilterField[] {
	return [
		{ name: 'type', label: t('asset.type'), choices: (['app', 'book'] as const).map((one) => ({ value: one, text: t(`asset.type.${one}`) })) },
		{ name: 'use', label: t('asset.available'), choices: (['out', 'nearly', 'free'] as const).map((one) => ({ value: one, text: t(`asset.used.${one}`) })) },
	];
}

function List({ location, many }: { location: Location; many: boolean }) {
	const [query, change] = useQueryState();
	const { limit, after } = usePageOf(query);
	const sort = query.sort === 'name' ? 'name' : 'scarce';
	const asked = { limit, after, count: 1, sort, q: query.q, type: query.type, use: query.use } as AssetsQuery;
	const list = useQuery({
		queryKey: ['assets', location.id, asked],
		queryFn: ({ signal }) => body(api.GET('/api/v1/locations/{id}/assets', { params: { path: { id: location.id }, query: asked }, signal })),
		placeholderData: keepPreviousData,
	});
	const filtered = Boolean(query.q ?? query.type ?? query.use);
	const clear = () => change({ q: undefined, type: undefined, use: undefined, after: undefined, page: undefined });
	return (
		<>
			<Presets id={location.id} query={query} />
			<div className="pomona-row">
				<Search value={query.q ?? ''} change={change} label={t('asset.search')} hint={t('asset.search_hint')} />
				<Filters fields={fields()} query={query} change={change}>
					<FormSelect className="pomona-auto" aria-label={t('asset.order')} value={sort} onChange={(_event, next) => change({ sort: next === 'name' ? 'name' : undefined, after: undefined, page: undefined })}>
						<FormSelectOption value="scarce" label={t('asset.order.scarce')} />
						<FormSelectOption value="name" label={t('asset.order.name')} />
					</FormSelect>
				</Filters>
			</div>
			<Chips fields={fields()} query={query} change={change} />
			<Rows label={t('nav.application')} columns={columns(many ? location.id : undefined)} list={list} rowKey={(asset) => `${asset.adam_id} ${asset.pricing_param}`} query={query} change={change}
				empty={filtered
					? <Empty title={t('asset.no_match')} actions={<ClearFilters onClick={clear} />}>{t('asset.no_match_words')}</Empty>
					: <Empty title={t(location.last_sync_at ? 'asset.none_bought' : 'asset.none')} actions={<Link to="/setting/ios/vpp">{t('nav.vpp')}</Link>}>{t(location.last_sync_at ? 'asset.none_bought_words' : 'asset.none_words')}</Empty>} />
			{location.last_sync_at && <p className="pomona-muted pomona-small">{t('location.last_sync')} <When at={location.last_sync_at} /></p>}
		</>
	);
}

export default function Applications() {
	const [query, change] = useQueryState();
	const locations = useLocations();
	const items = locations.data?.items ?? [];
	const now = items.find((one) => String(one.id) === query.location) ?? items[0];
	return (
		<Page title={t('nav.application')} intro={t('asset.intro')} actions={items.length > 1 && (
			<FormSelect className="pomona-auto" aria-label={t('people.location')} value={now?.id} onChange={(_event, id) => change({ location: id, after: undefined, page: undefined })}>
				{items.map((one) => <FormSelectOption key={one.id} value={one.id} label={one.name} />)}
			</FormSelect>
		)}>
			{locations.error && <Trouble error={locations.error} again={() => void locations.refetch()} />}
			{locations.isPending && <Loading label={t('state.loading')} />}
			{locations.data && !now && <Empty title={t('connect.first')} actions={<Link to="/setting/ios/vpp">{t('nav.vpp')}</Link>}>{t('asset.connect_words')}</Empty>}
			{now && <List location={now} many={items.length > 1} />}
		</Page>
	);
}
