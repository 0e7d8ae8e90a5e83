// For whom a job was asked, as a sentence: "All users with VPP status: Not a VPP user, except 3."
import type { Job } from './api';
import { formatList, t, tMaybe } from './i18n';

type Filter = NonNullable<NonNullable<Job['selection']>['filter']>;

function filterWords(filter: Filter): string[] {
	const chip = (field: string, value: string) => t('list.chip', { field, value });
	const yes = (value: boolean) => t(value ? 'people.yes' : 'people.no');
	return [
		...(filter.q ? [t('list.search_chip', { text: filter.q })] : []),
		...(filter.states ? [chip(t('people.vpp'), formatList(filter.states.map((one) => (one === 'failed' ? t('people.failed') : tMaybe(`vpp.${one}`, one)))))] : []),
		...(filter.platforms ? [chip(t('people.platform'), formatList(filter.platforms.map((one) => (one === 'other' ? t('people.other_platform') : one))))] : []),
		...(filter.eligible === undefined ? [] : [chip(t('people.eligible'), yes(filter.eligible))]),
		...(filter.active === undefined ? [] : [chip(t('people.account'), t(filter.active ? 'person.active' : 'person.inactive'))]),
		...(filter.department ? [chip(t('people.department'), filter.department)] : []),
	];
}

export function selectionWords(job: Job): string | null {
	const { selection } = job;
	if (!selection) return job.whole_location ? t('jobs.reach_all') : null;
	if (selection.retry_of) return t('selected.retry', { id: String(selection.retry_of) });
	if (selection.findings) return t('selected.findings');
	if (selection.chosen !== undefined) return t('selected.chosen', { count: selection.chosen });
	const filters = filterWords(selection.filter ?? {}).join(' · ');
	const count = selection.except ?? 0;
	if (!filters) return count > 0 ? t('selected.all_except', { count }) : t('selected.all');
	return count > 0 ? t('selected.filter_except', { filters, count }) : t('selected.filter', { filters });
}
