// Which part of a sync's plan is to be applied: whole kinds less some rows, or single rows when no kind is chosen.
import type { components } from './schema';

type ApplyBody = components['schemas']['PlanPart'];

/** From so many removals on, the number has to be typed: more than the schedule would do by itself. */
export const RETIRES_TYPED = 20;
/** As many rows may be named one by one. */
const ROWS_MOST = 10_000;

/** Rows by id, with the kind of each. */
type Rows = ReadonlyMap<number, string>;
export interface PlanPart { kinds: ReadonlySet<string>; except: Rows; only: Rows }

export function wholePlan(kinds: string[]): PlanPart {
	return { kinds: new Set(kinds), except: new Map(), only: new Map() };
}

/** A kind on or off; what was chosen row by row in it is forgotten. */
export function withKind(part: PlanPart, kind: string, on: boolean): PlanPart {
	const kinds = new Set(part.kinds);
	if (on) kinds.add(kind);
	else kinds.delete(kind);
	return { kinds, except: new Map([...part.except].filter(([, of]) => of !== kind)), only: new Map() };
}

export function isRowIn(part: PlanPart, kind: string, id: number): boolean {
	return part.kinds.has(kind) ? !part.except.has(id) : part.only.has(id);
}

/** A row of a kind that is off can be chosen only while all kinds are off: the server takes kinds or rows, not both. */
export function mayChooseRow(part: PlanPart, kind: string): boolean {
	return part.kinds.has(kind) || part.kinds.size === 0;
}

function toggled(rows: Rows, id: number, kind: string, present: boolean): Rows {
	const next = new Map(rows);
	if (present) next.set(id, kind);
	else next.delete(id);
	return next;
}

/** Unchanged when more rows would be named than the server takes. */
export function withRow(part: PlanPart, kind: string, id: number, on: boolean): PlanPart {
	const next = part.kinds.has(kind) ? { ...part, except: toggled(part.except, id, kind, !on) } : { ...part, only: toggled(part.only, id, kind, on) };
	return next.except.size > ROWS_MOST || next.only.size > ROWS_MOST ? part : next;
}

/** How many rows of a kind are chosen, when there are `count` of it. */
export function chosenOf(part: PlanPart, kind: string, count: number): number {
	const named = (rows: Rows) => [...rows.values()].filter((of) => of === kind).length;
	return part.kinds.has(kind) ? count - named(part.except) : named(part.only);
}

/** What the server is asked for; undefined: all of it. */
export function applyBody(part: PlanPart, kinds: string[]): ApplyBody | undefined {
	const except = part.except.size > 0 ? { except: { items: [...part.except.keys()] } } : {};
	if (part.kinds.size === 0) return { only: { items: [...part.only.keys()] } };
	if (kinds.every((kind) => part.kinds.has(kind))) return part.except.size > 0 ? except : undefined;
	return { only: { kinds: [...part.kinds] as never[] }, ...except };
}
