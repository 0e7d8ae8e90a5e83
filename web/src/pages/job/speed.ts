// How long a job took or has still to go, and how many users a minute.
import { useRef } from 'react';
import type { Job } from '../../lib/api';
import { byLocale, locale, t } from '../../lib/i18n';

/** Before so many seconds there is nothing to guess from. */
const GUESS_FROM_S = 5;
const UNITS: [unit: 'day' | 'hour' | 'minute' | 'second', seconds: number][] = [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]];

const lists = byLocale((one) => new Intl.ListFormat(one, { type: 'unit', style: 'long' }));

/** "1 hour, 25 minutes": the two largest units. */
export function spanInWords(seconds: number): string {
	const first = UNITS.findIndex(([, size]) => seconds >= size);
	if (first < 0) return t('job.moment');
	const words: string[] = [];
	let left = Math.round(seconds);
	for (const [unit, size] of UNITS.slice(first, first + 2)) {
		const count = Math.floor(left / size);
		left -= count * size;
		if (count > 0) words.push(new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(count));
	}
	return lists().format(words);
}

/** A guess from how it went while this page looked on: only after a while, and while there is more than a moment left. */
export function useSpeed(job: Job | undefined): { left: number; perMinute: number } | null {
	const first = useRef<{ at: number; past: number } | null>(null);
	if (!job || job.state !== 'running' || job.wait.reason) {
		first.current = null;
		return null;
	}
	const past = job.done + job.failed + job.skipped;
	first.current ??= { at: Date.now(), past };
	const seconds = (Date.now() - first.current.at) / 1000;
	const moved = past - first.current.past;
	if (seconds < GUESS_FROM_S || moved <= 0) return null;
	const left = ((job.total - past) * seconds) / moved;
	return left > GUESS_FROM_S * 2 ? { left: left < 60 ? left : Math.round(left / 60) * 60, perMinute: Math.max(1, Math.round((moved * 60) / seconds)) } : null;
}

/** From its start to its end: seconds, and users a minute where that says something. */
export function spent(job: Job): { seconds: number; perMinute: number | null } | null {
	if (!job.started_at || !job.finished_at) return null;
	const seconds = Math.max(0, (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000);
	const past = job.done + job.failed;
	return { seconds, perMinute: seconds >= 10 && past > 1 ? Math.max(1, Math.round((past * 60) / seconds)) : null };
}
