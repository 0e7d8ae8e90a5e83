// "Of the last so many days" in an address, as the moment that the API takes.
import { t } from './i18n';

const DAYS = ['1', '7', '30', '90'];

export function dayChoices() {
	return DAYS.map((one) => ({ value: one, text: one === '1' ? t('days.today') : t('days.last', { count: Number(one) }) }));
}

/** The beginning of the day, so many days back (1: today), or of a date; the same all day long, so that an answer is kept. */
export function sinceOf(days: string | undefined, date?: string): string | undefined {
	const day = date ? new Date(`${date}T00:00:00`) : new Date();
	if (!date && !(days && DAYS.includes(days))) return undefined;
	if (Number.isNaN(day.getTime())) return undefined;
	day.setHours(0, 0, 0, 0);
	if (!date) day.setDate(day.getDate() - (Number(days) - 1));
	return day.toISOString();
}

/** The end of a date, that day included. */
export function untilOf(date: string | undefined): string | undefined {
	const day = date ? new Date(`${date}T00:00:00`) : null;
	if (!day || Number.isNaN(day.getTime())) return undefined;
	day.setDate(day.getDate() + 1);
	return day.toISOString();
}
