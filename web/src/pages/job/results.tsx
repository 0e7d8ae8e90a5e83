// What became of a job, by cause: what it means, how many, what to do.
import { useQuery } from '@tanstack/react-query';
import { api, body, type Job } from '../../lib/api';
import { formatNumber, t, tMaybe, type TextKey } from '../../lib/i18n';
import { useResults, type Result } from '../../lib/job_results';
import type { components } from '../../lib/schema';
import { ItemBadge } from '../../parts/badges';
import { ReadPanel } from '../../parts/card';

type AppleError = components['schemas']['AppleError'];

/** What an admin has to look at: what ended otherwise than wished, and what waits for a reason. */
function isCause(one: Result): boolean {
	return one.reason !== null && one.state !== 'done' && one.state !== 'planned';
}

function useAppleErrors(needed: boolean): Map<number, AppleError> {
	const list = useQuery({
		queryKey: ['apple-errors'],
		queryFn: async ({ signal }) => (await body(api.GET('/api/v1/apple-errors', { signal }))).items,
		enabled: needed, staleTime: 60_000,
	}).data;
	return new Map(list?.map((one) => [one.number, one]));
}

/** By Apple's number where there is one; else by what was tried and how it ended. */
function advice(one: Result, apple: AppleError | undefined): string {
	return apple?.how ?? tMaybe(`cause.${one.kind}_${one.state}`, t(`cause.${one.state}` as 'cause.failed'));
}

/** Whether trying again can help: at once, after something was changed, or not at all; what is under way goes on by itself. */
function retry(one: Result, apple: AppleError | undefined): TextKey {
	if (one.state === 'skipped' || one.state === 'not_needed' || one.state === 'cancelled') return 'cause.retry_no';
	if (one.state !== 'failed') return 'cause.retry_self';
	if (apple?.class === 'token') return 'cause.retry_token';
	if (apple ? apple.class === 'item' || apple.class === 'owner' : one.kind === 'message') return 'cause.retry_change';
	return apple?.class === 'fix-us' ? 'cause.retry_no' : 'cause.retry_yes';
}

export function Causes({ job, show }: { job: Job; show: (state: string) => void }) {
	const read = useResults(job);
	const causes = (read.data ?? []).filter(isCause);
	const apple = useAppleErrors(causes.some((one) => one.apple_number !== null));
	if (read.data && causes.length === 0) return null;
	return (
		<ReadPanel title={t('cause.title')} read={read}>
			{() => (
				<table className="pomona-table">
					<caption className="pf-v6-screen-reader">{t('cause.title')}</caption>
					<thead><tr><th scope="col">{t('cause.cause')}</th><th scope="col" className="pomona-number">{t('cause.count')}</th><th scope="col">{t('cause.retry')}</th><th scope="col">{t('cause.do')}</th></tr></thead>
					<tbody>
						{causes.map((one) => {
							const known = one.apple_number === null ? undefined : apple.get(one.apple_number);
							return (
								<tr key={`${one.kind} ${one.state} ${one.apple_number ?? ''} ${one.reason ?? ''}`} data-cause={one.state}>
									<td>
										<ItemBadge state={one.state} /> <span className="pomona-wrap">{known?.means ?? one.reason}</span>
										{one.apple_number !== null && <span className="pomona-muted pomona-small"> {t('items.apple_number', { number: String(one.apple_number) })}</span>}
									</td>
									<td className="pomona-number" data-label={t('cause.count')}>
										<a href={`?state=${one.state}`} onClick={(event) => { event.preventDefault(); show(one.state); }}>{formatNumber(one.count)}</a>
									</td>
									<td data-label={t('cause.retry')}>{t(retry(one, known))}</td>
									<td data-label={t('cause.do')}>{advice(one, known)}</td>
								</tr>
							);
						})}
					</tbody>
				</table>
			)}
		</ReadPanel>
	);
}
