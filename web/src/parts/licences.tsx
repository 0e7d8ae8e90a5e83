// Licences that somebody or something holds, and who holds those of an app.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Label } from '@patternfly/react-core';
import { Link } from 'wouter';
import { api, body } from '../lib/api';
import { t, tMaybe } from '../lib/i18n';
import type { components, paths } from '../lib/schema';
import { Rows, type Column } from './rows';

type Assignment = components['schemas']['Assignment'];
type Whose = Pick<NonNullable<paths['/api/v1/locations/{id}/assignments']['get']['parameters']['query']>, 'client_user_id' | 'serial_number' | 'adam_id' | 'pricing_param'>;

export function assetType(type: string | null): string {
	return type ? tMaybe(`asset.type.${type.toLowerCase()}`, type) : '–';
}

/** Books stay with whom they were given to: one word, with the sentence behind it. */
export function ComesBack({ yes }: { yes: boolean }) {
	if (yes) return t('people.yes');
	return <Label isCompact variant="outline" color="grey"><span title={t('asset.back_no')}>{t('asset.stays')}</span></Label>;
}

function assetColumns(): Column<Assignment>[] {
	return [
		{ key: 'name', title: t('asset.name'), width: 50, cell: (one) => <>{one.name ?? t('asset.number', { id: one.adam_id })}<div className="pomona-muted pomona-small pomona-mono">{one.adam_id}</div></> },
		{ key: 'type', title: t('asset.type'), width: 20, cell: (one) => assetType(one.product_type) },
		{ key: 'back', title: t('asset.back'), width: 20, cell: (one) => <ComesBack yes={one.is_revocable} /> },
	];
}

function holderColumns(): Column<Assignment>[] {
	return [
		{ key: 'who', title: t('items.who'), width: 40, cell: (one) => (one.person ? <Link to={`/user/${one.person.id}`}>{one.person.display_name}</Link> : <span className="pomona-muted">{t('licence.nobody')}</span>) },
		{ key: 'how', title: t('licence.how'), width: 20, cell: (one) => (one.serial_number ? t('licence.device') : t('licence.user')) },
		{ key: 'id', title: t('licence.id'), width: 40, cell: (one) => <span className="pomona-mono">{one.serial_number ?? one.client_user_id}</span> },
	];
}

function useAssignments(location: number | undefined, whose: Whose, after: string | undefined) {
	const asked = { ...whose, limit: 25, after, count: 1 as const };
	return useQuery({
		queryKey: ['assignments', location, asked],
		queryFn: ({ signal }) => body(api.GET('/api/v1/locations/{id}/assignments', { params: { path: { id: location ?? 0 }, query: asked }, signal })),
		enabled: location !== undefined, placeholderData: keepPreviousData,
	});
}

/** A paged list that is not in the address: it stands inside another. */
function usePlace(): [Record<string, string>, (next: Record<string, string | undefined>) => void] {
	const [place, setPlace] = useState<Record<string, string>>({});
	return [{ ...place, limit: '25' }, (next) => setPlace(Object.fromEntries(Object.entries({ ...place, ...next }).flatMap(([name, value]) => (value ? [[name, value]] : []))))];
}

export function Licences({ location, whose }: { location: number | undefined; whose: Whose }) {
	const [place, move] = usePlace();
	const list = useAssignments(location, whose, place.after);
	return <Rows label={t('licence.title')} columns={assetColumns()} list={list} rowKey={(one) => `${one.adam_id} ${one.pricing_param}`} query={place} change={move} empty={<p className="pomona-muted">{t('licence.none')}</p>} />;
}

export function Holders({ location, adamId, pricing }: { location: number; adamId: string; pricing: string }) {
	const [place, move] = usePlace();
	const list = useAssignments(location, { adam_id: adamId, pricing_param: pricing }, place.after);
	return <Rows label={t('licence.holders')} columns={holderColumns()} list={list} rowKey={(one) => one.client_user_id ?? one.serial_number ?? ''} query={place} change={move} empty={<p className="pomona-muted">{t('licence.no_holder')}</p>} />;
}
