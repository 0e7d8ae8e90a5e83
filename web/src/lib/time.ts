// Times as people say them: relative when near, exact on hover.
import { byLocale, locale } from './i18n';

const relative = byLocale((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
const dateOnly = byLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }));
const dayOnly = byLocale((locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }));
const exact = byLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }));
const clock = byLocale((locale) => new Intl.DateTimeFormat(locale, { timeStyle: 'short' }));
const weekdays = byLocale((locale) => new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }));

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
	['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1000],
];

export function timeInWords(iso: string, now = Date.now()): string {
	const away = Date.parse(iso) - now;
	if (Number.isNaN(away)) return iso;
	if (Math.abs(away) > 30 * 86_400_000) return dateOnly().format(new Date(iso));
	for (const [unit, size] of STEPS) {
		if (Math.abs(away) >= size) return relative().format(Math.round(away / size), unit);
	}
	return relative().format(0, 'second');
}

export function timeExact(iso: string): string {
	const at = Date.parse(iso);
	return Number.isNaN(at) ? iso : exact().format(at);
}

/** "14:02": a moment of today. */
export function clockInWords(at: number): string {
	return clock().format(at);
}

export function dateInWords(iso: string): string {
	const at = Date.parse(iso);
	return Number.isNaN(at) ? iso : dateOnly().format(at);
}

/** A day of the calendar, "2026-11-23", without a year: on a chart's axis. */
export function dayInWords(day: string): string {
	const at = Date.parse(`${day}T00:00:00Z`);
	return Number.isNaN(at) ? day : dayOnly().format(at);
}

/** "Monday 7 December at 02:30 GMT+1" in the given zone: a run of the schedule. By 24 hours, as it was entered. */
export function runInWords(iso: string, zone: string): string {
	try {
		return new Intl.DateTimeFormat(locale(), {
			weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone, timeZoneName: 'short',
		}).format(new Date(iso));
	} catch {
		return timeExact(iso);
	}
}

/** "Mon": the day of the week, counted from Monday. */
export function weekdayInWords(day: number): string {
	return weekdays().format(Date.UTC(2024, 0, 1 + day));
}

export function browserZone(): string {
	return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

export function knownZones(): string[] {
	const list = Intl.supportedValuesOf('timeZone');
	return list.includes('UTC') ? list : ['UTC', ...list];
}
