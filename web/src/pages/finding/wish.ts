// What somebody wants done about findings of one kind in one location, and what the server says to that.
import { api, type Finding, type Preview } from '../../lib/api';
import type { components } from '../../lib/schema';

export type Group = components['schemas']['FindingGroup'];
export type How = components['schemas']['FindingRepair'];
export type Kind = Finding['kind'];

/** Of these nothing comes back: in red, and typed when there are many. */
export const destroys = (how: string | null) => how === 'delete' || how === 'retire';

/** Neither ids nor exclude: all of the group that are open. */
export interface Wish { location: number; kind: Kind; how: How; ids?: number[]; exclude?: number[] }

export interface Seen { findings: number; gone: number; without: number; people: Preview }

/** What would be done; nothing is. */
export function lookAt(wish: Wish, signal: AbortSignal) {
	return api.POST('/api/v1/findings/repair', { params: { query: { dry_run: 1 } }, body: wish, signal });
}

/** `expected` are as many as the preview saw: of any other number the server does nothing. */
export function carryOut(wish: Wish, expected: number, key: string) {
	return api.POST('/api/v1/findings/repair', { params: { header: { 'Idempotency-Key': key } }, body: { ...wish, expected } });
}
