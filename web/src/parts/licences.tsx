// Licences that somebody or something holds.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Label } from '@patternfly/react-core';
import { Link } from 'wouter';
import { api, body } from '../lib/api';
import { addressOf, assetType, nameOf } from '../lib/assets';
import { t } from '../lib/i18n';
import type { components, paths } from '../lib/schema';
import { Rows, type Column } from './rows';

type Assignment = components['schemas']['Assignment'];
type Whose = Pick<NonNullable<paths['/api/v1/locations/{id}/assignments']['get']['parameters']['query']>, 'client_user_id' | 'serial_number'>;

/** Books stay with whom they were given to: one word, with the sentence behind it. */
export function ComesBack({ yes }: { yes: boolean }) {
	if (yes) return t('people.yes');
	return <Label isCompact variant="outline" color="grey"><span title={t('asset.back_no')}>{t('asset.stays')}</span></Label>;
}

function assetColumns(location: number | undefined): Column<Assignment>[] {
	return [
		{ key: 'name', title: t('asset.name'), width: 50, cell: (one) => <><Link to={addressOf(one, location)}>{nameOf(one)}</Link><div className="pomona-muted pomona-small pomona-mono">{one.adam_id}</div></> },
		{ key: 'type', title: t('asset.type'), width: 20, cell: (one) => assetType(one.product_type) },
		{ key: 'back', title: t('asset.back'), width: 20, cell: (one) => <ComesBack yes={one.is_revocable} /> },
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
	return <Rows label={t('licence.title')} columns={assetColumns(location)} list={list} rowKey={(one) => `${one.adam_id} ${one.pricing_param}`} query={place} change={move} empty={<p className="pomona-muted">{t('licence.none')}</p>} />;
}
