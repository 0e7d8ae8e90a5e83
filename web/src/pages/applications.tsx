import { FormSelect, FormSelectOption, Label } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body } from '../lib/api';
import { useQueryState } from '../lib/address';
import { formatNumber, t, tMaybe } from '../lib/i18n';
import { useLocations } from '../lib/queries';
import type { components } from '../lib/schema';
import { Page } from '../parts/page';
import { usePageOf } from '../parts/pager';
import { Rows, type Column } from '../parts/rows';
import { Empty, Loading, Trouble } from '../parts/states';

type Asset = components['schemas']['Asset'];

const number = (value: number | null) => (value === null ? '–' : formatNumber(value));

function Use({ asset }: { asset: Asset }) {
	if (asset.total === null || asset.available === null || asset.total === 0) return <span className="pomona-muted">–</span>;
	const percent = Math.round(((asset.total - asset.available) * 100) / asset.total);
	const color = asset.available === 0 ? 'red' : percent >= 90 ? 'orange' : 'grey';
	const words = asset.available === 0 ? t('asset.none_left') : t('asset.left', { count: asset.available });
	return <Label isCompact color={color} variant="outline">{words}</Label>;
}

function columns(): Column<Asset>[] {
	return [
		{ key: 'name', title: t('asset.name'), width: 30, cell: (asset) => <>{asset.name ?? t('asset.number', { id: asset.adam_id })}<div className="pomona-muted pomona-small"><span className="pomona-mono">{asset.adam_id}</span> · {asset.pricing_param}</div></> },
		{ key: 'type', title: t('asset.type'), width: 15, cell: (asset) => (asset.product_type ? tMaybe(`asset.type.${asset.product_type.toLowerCase()}`, asset.product_type) : '–') },
		{ key: 'total', title: t('asset.total'), className: 'pomona-number', cell: (asset) => number(asset.total) },
		{ key: 'assigned', title: t('asset.assigned'), className: 'pomona-number', cell: (asset) => number(asset.assigned) },
		{ key: 'available', title: t('asset.available'), className: 'pomona-number', cell: (asset) => number(asset.available) },
		{ key: 'use', title: t('asset.use'), cell: (asset) => <Use asset={asset} /> },
		{ key: 'back', title: t('asset.back'), cell: (asset) => (asset.is_revocable ? t('asset.back_yes') : t('asset.back_no')) },
	];
}

export default function Applications() {
	const [query, change] = useQueryState();
	const locations = useLocations();
	const items = locations.data?.items ?? [];
	const now = items.find((one) => String(one.id) === query.location) ?? items[0];
	const { limit, after } = usePageOf(query);
	const list = useQuery({
		queryKey: ['assets', now?.id, limit, after],
		queryFn: ({ signal }) => body(api.GET('/api/v1/locations/{id}/assets', { params: { path: { id: now?.id ?? 0 }, query: { limit, after, count: 1 } }, signal })),
		placeholderData: keepPreviousData, enabled: now !== undefined,
	});
	return (
		<Page title={t('nav.application')} intro={t('asset.intro')} actions={items.length > 1 && (
			<FormSelect className="pomona-auto" aria-label={t('people.location')} value={now?.id} onChange={(_event, id) => change({ location: id, after: undefined, page: undefined })}>
				{items.map((one) => <FormSelectOption key={one.id} value={one.id} label={one.name} />)}
			</FormSelect>
		)}>
			{locations.error && <Trouble error={locations.error} again={() => void locations.refetch()} />}
			{locations.isPending && <Loading label={t('state.loading')} />}
			{locations.data && !now && <Empty title={t('connect.first')} actions={<Link to="/setting/ios/vpp">{t('nav.vpp')}</Link>}>{t('asset.connect_words')}</Empty>}
			{now && <Rows label={t('nav.application')} columns={columns()} list={list} rowKey={(asset) => `${asset.adam_id} ${asset.pricing_param}`} query={query} change={change}
				empty={<Empty title={t('asset.none')} actions={<Link to="/setting/ios/vpp">{t('nav.vpp')}</Link>}>{t('asset.none_words')}</Empty>} />}
		</Page>
	);
}
