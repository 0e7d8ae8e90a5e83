// One app or book: its licences now and over time, when they run out, and who holds one.
import { useState } from 'react';
import { Alert, Button, FormSelect, FormSelectOption, Label } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useQueryState, writeQuery } from '../../lib/address';
import { api, body } from '../../lib/api';
import { assetType, daysLeft, nameOf, USUAL_PRICING, type Asset, type AssetDay } from '../../lib/assets';
import { formatList, formatNumber, t } from '../../lib/i18n';
import { asProblem } from '../../lib/problem';
import { useLocations } from '../../lib/queries';
import { useMay } from '../../lib/session';
import { Panel, ReadPanel } from '../../parts/card';
import { Copy } from '../../parts/copy';
import { Facts } from '../../parts/facts';
import { LineChart, type Line } from '../../parts/line_chart';
import { Page } from '../../parts/page';
import { Empty, Loading, Trouble } from '../../parts/states';
import { UseBar, useColor } from '../../parts/use_bar';
import { When } from '../../parts/when';
import { Holders } from './holders';
import { Rename } from './rename';

const DAYS = 90;
/** Beyond it nobody would call it running out. */
const FAR_DAYS = 366;

interface Which { location: number; adamId: string; pricing: string }

function useAsset({ location, adamId, pricing }: Which, enabled: boolean) {
	return useQuery({
		queryKey: ['assets', location, 'one', adamId, pricing],
		queryFn: ({ signal }) => body(api.GET('/api/v1/locations/{id}/assets/{adam_id}', { params: { path: { id: location, adam_id: adamId }, query: { pricing_param: pricing } }, signal })),
		placeholderData: keepPreviousData, enabled,
	});
}

function useDays({ location, adamId, pricing }: Which, enabled: boolean) {
	return useQuery({
		queryKey: ['assets', location, 'days', adamId, pricing],
		queryFn: async ({ signal }) => (await body(api.GET('/api/v1/locations/{id}/assets/{adam_id}/days', { params: { path: { id: location, adam_id: adamId }, query: { pricing_param: pricing, days: DAYS } }, signal }))).days,
		enabled,
	});
}

/** What runs out, in words: amber from nine tenths on, red when nothing is left. */
function RunsOut({ asset, days }: { asset: Asset; days: AssetDay[] | undefined }) {
	if (asset.total === null || asset.available === null) return null;
	const color = useColor(asset.total - asset.available, asset.total);
	const pace = days && daysLeft(days);
	const words = pace && pace.days < FAR_DAYS && <p>{t('asset.pace', { count: pace.days, window: formatNumber(pace.window) })}</p>;
	if (color === 'red') return <Alert isInline variant="danger" component="h2" title={t('asset.none_left')}><p>{t(asset.is_revocable ? 'asset.out_words' : 'asset.out_book_words')}</p></Alert>;
	if (color === 'orange') return <Alert isInline variant="warning" component="h2" title={t('asset.left', { count: asset.available })}><p>{t('asset.nearly_words')}</p>{words}</Alert>;
	return words ? <Alert isInline variant="info" component="h2" title={t('asset.left', { count: asset.available })}>{words}</Alert> : null;
}

function Figure({ term, value }: { term: string; value: number | null }) {
	return <div><div className="pomona-muted">{term}</div><div className="pomona-big">{value === null ? '–' : formatNumber(value)}</div></div>;
}

function LicencesPanel({ asset }: { asset: Asset }) {
	return (
		<Panel title={t('licence.title')}>
			{asset.total === null && <p>{t('asset.unlimited')}</p>}
			<div className="pomona-figures">
				<Figure term={t('asset.purchased')} value={asset.total} />
				<Figure term={t('asset.assigned')} value={asset.assigned} />
				<Figure term={t('asset.available')} value={asset.available} />
			</div>
			{asset.total !== null && asset.available !== null && <UseBar used={asset.total - asset.available} total={asset.total} label={nameOf(asset)} />}
			{!asset.is_revocable && <p>{t('asset.back_no')}</p>}
			{(asset.retired ?? 0) > 0 && <p>{t('asset.retired', { count: asset.retired ?? 0 })}</p>}
		</Panel>
	);
}

function facts(asset: Asset): [string, React.ReactNode][] {
	return [
		[t('asset.id'), <Copy key="id" text={asset.adam_id} what={t('asset.id')} mono />],
		[t('asset.type'), assetType(asset.product_type)],
		[t('people.platform'), asset.platforms.length > 0 ? formatList(asset.platforms) : '–'],
		...(asset.pricing_param === USUAL_PRICING ? [] : [[t('asset.pricing'), asset.pricing_param] as [string, React.ReactNode]]),
		[t('asset.to_devices'), t(asset.device_assignable ? 'people.yes' : 'asset.users_only')],
		[t('asset.back'), asset.is_revocable ? t('people.yes') : t('asset.stays')],
		[t('asset.read'), <When key="read" at={asset.read_at} />],
	];
}

function Chart({ days }: { days: AssetDay[] }) {
	const first = days[0];
	const last = days.at(-1);
	if (!first || !last) return <p className="pomona-muted">{t('asset.days_none')}</p>;
	const lines: Line[] = [{ key: 'assigned', text: t('asset.assigned'), color: 'blue', values: days.map((one) => one.assigned ?? 0) }];
	if (last.total !== null) lines.unshift({ key: 'total', text: t('asset.purchased'), color: 'grey', values: days.map((one) => one.total ?? 0) });
	const sentence = t('asset.days_sentence', { count: days.length, from: first.assigned ?? 0, to: last.assigned ?? 0 });
	return (
		<>
			<LineChart days={days.map((one) => one.day)} lines={lines} sentence={sentence} caption={t('asset.over_time')} />
			{days.length < 3 && <p className="pomona-muted pomona-small">{t('asset.days_young')}</p>}
		</>
	);
}

export default function ApplicationPage({ adamId }: { adamId: string }) {
	const [query, change] = useQueryState();
	const mayName = useMay('operator');
	const [renaming, setRenaming] = useState(false);
	const locations = useLocations();
	const items = locations.data?.items ?? [];
	const location = items.find((one) => String(one.id) === query.location) ?? items[0];
	const which: Which = { location: location?.id ?? 0, adamId, pricing: query.pricing ?? USUAL_PRICING };
	const found = useAsset(which, location !== undefined);
	const days = useDays(which, found.data !== undefined);
	const crumbs = [{ text: t('nav.application'), to: `/application${writeQuery({ location: query.location })}` }];
	const choice = items.length > 1 && (
		<FormSelect className="pomona-auto" aria-label={t('people.location')} value={location?.id} onChange={(_event, id) => change({ location: id, q: undefined, by: undefined, after: undefined, page: undefined })}>
			{items.map((one) => <FormSelectOption key={one.id} value={one.id} label={one.name} />)}
		</FormSelect>
	);
	const asset = found.data;
	const error = found.error ?? locations.error;
	if (!asset || found.error) {
		const isMissing = asProblem(error).status === 404 || (locations.data && !location);
		return (
			<Page title={t('nav.application')} crumbs={crumbs} actions={choice}>
				{!error && !isMissing && <Loading label={t('state.loading')} />}
				{isMissing && <Empty title={t('asset.missing')} actions={<Link to="/application">{t('asset.to_list')}</Link>}>{t('asset.missing_words', { id: adamId })}</Empty>}
				{error && !isMissing && <Trouble error={error} again={() => void found.refetch()} />}
			</Page>
		);
	}
	return (
		<Page title={nameOf(asset)} badge={<Label isCompact variant="outline">{assetType(asset.product_type)}</Label>} crumbs={crumbs}
			actions={<>{choice}{mayName && <Button variant="secondary" onClick={() => setRenaming(true)}>{t('asset.rename')}</Button>}</>}>
			<RunsOut asset={asset} days={days.data} />
			<div className="pomona-panels">
				<LicencesPanel asset={asset} />
				<Panel title={t('asset.facts')}><Facts rows={facts(asset)} /></Panel>
			</div>
			<ReadPanel title={t('asset.over_time')} read={days} rows={5}>{(read) => <Chart days={read} />}</ReadPanel>
			<Holders location={which.location} adamId={adamId} pricing={which.pricing} query={query} change={change} />
			{renaming && <Rename asset={asset} onClose={() => setRenaming(false)} />}
		</Page>
	);
}
