// Apps and books: what they are called, where their pages are, and how long their licences last.
import { t, tMaybe } from './i18n';
import type { components } from './schema';
import { writeQuery } from './address';

export type Asset = components['schemas']['Asset'];
export type AssetDay = components['schemas']['AssetDay'];

/** Every app that was bought in the usual way has it; it is not worth naming. */
export const USUAL_PRICING = 'STDQ';

type Named = Pick<Asset, 'adam_id' | 'name'>;

export const nameOf = (one: Named) => one.name ?? t('asset.number', { id: one.adam_id });

/** `location` is left out where there is one alone. */
export function addressOf(one: Pick<Asset, 'adam_id' | 'pricing_param'>, location: number | undefined): string {
	return `/application/${one.adam_id}${writeQuery({ location: location === undefined ? undefined : String(location), pricing: one.pricing_param === USUAL_PRICING ? undefined : one.pricing_param })}`;
}

export function assetType(type: string | null): string {
	return type ? tMaybe(`asset.type.${type.toLowerCase()}`, type) : '–';
}

const WINDOW_DAYS = 30;

/** How many days what is left lasts when as many go as in the last days; null when nothing goes, or nothing can be said. */
export function daysLeft(days: AssetDay[]): { days: number; window: number } | null {
	const last = days.at(-1);
	const seen = days.slice(-WINDOW_DAYS - 1);
	const gone = (last?.assigned ?? 0) - (seen[0]?.assigned ?? 0);
	const window = seen.length - 1;
	if (!last?.available || window < 1 || gone <= 0) return null;
	return { days: Math.floor((last.available * window) / gone), window };
}
