// Time zones for a picker: by part of the world, with what they are ahead of UTC; and when their clocks next change.
import { byLocale, locale } from './i18n';
import { knownZones } from './time';

export interface Zone { name: string; text: string }

/** Minutes ahead of UTC at a moment. */
export function offsetAt(zone: string, moment: number): number {
	const at = Math.floor(moment / 60_000) * 60_000;
	const parts = Object.fromEntries(new Intl.DateTimeFormat('en-US', {
		timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
	}).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
	return Math.round((Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day, parts.hour, parts.minute) - at) / 60_000);
}

function offsetWords(minutes: number): string {
	const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
	return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}

const grouped = byLocale(() => {
	const groups = new Map<string, Zone[]>();
	for (const name of knownZones()) {
		const [part, ...rest] = name.split('/');
		const group = rest.length > 0 ? part ?? '' : 'UTC';
		const text = (rest.length > 0 ? rest.join(' – ') : name).replaceAll('_', ' ');
		const list = groups.get(group) ?? [];
		list.push({ name, text: `${text} (${offsetWords(offsetAt(name, Date.now()))})` });
		groups.set(group, list);
	}
	return groups;
});

export function zoneGroups(): Map<string, Zone[]> {
	return grouped();
}

const DAY = 86_400_000;

/** The first moment of the next year at which the zone's clocks are set, and by how many minutes; null when they are not. */
export function nextChange(zone: string, from = Date.now()): { at: number; by: number } | null {
	try {
		const first = offsetAt(zone, from);
		let low = from;
		let high = from;
		do { low = high; high += 7 * DAY; } while (offsetAt(zone, high) === first && high < from + 366 * DAY);
		if (offsetAt(zone, high) === first) return null;
		while (high - low > 60_000) {
			const middle = Math.floor((low + high) / 2);
			if (offsetAt(zone, middle) === first) low = middle; else high = middle;
		}
		return { at: high, by: offsetAt(zone, high) - first };
	} catch {
		return null;
	}
}

/** "28 March 2027" in the zone itself. */
export function dayIn(zone: string, at: number): string {
	return new Intl.DateTimeFormat(locale(), { dateStyle: 'long', timeZone: zone }).format(at - 60_000);
}
