// What is wrong now or still missing: a sentence for each, since when, and the button that leads to where it is solved.
import type { ReactElement } from 'react';
import ExclamationCircleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon';
import ExclamationTriangleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon';
import InfoCircleIcon from '@patternfly/react-icons/dist/esm/icons/info-circle-icon';
import { queryOptions } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body } from '../lib/api';
import { pace } from '../lib/connection';
import { t, tMaybe, type TextKey } from '../lib/i18n';
import type { components } from '../lib/schema';
import { When } from './when';

export type OpenProblem = components['schemas']['OpenProblem'];

const REFRESH_MS = 30_000;

export const problemsQuery = queryOptions({
	queryKey: ['problems'],
	queryFn: async ({ signal }) => (await body(api.GET('/api/v1/problems', { signal }))).items,
	refetchInterval: () => pace(REFRESH_MS),
});

const ICON: Record<OpenProblem['severity'], ReactElement> = {
	danger: <ExclamationCircleIcon />, warning: <ExclamationTriangleIcon />, info: <InfoCircleIcon />,
};

export function problemSentence(one: OpenProblem): string {
	const { count, location, values } = one;
	const name = values.name ?? (one.kind === 'taken_by_other' ? t('location.another') : '');
	const form = one.kind === 'waiting_for_apple' && !location ? 'all' : ['token_refused', 'clock_wrong'].includes(one.kind) ? values.state : null;
	const key = `open.${one.kind}${form ? `.${form}` : ''}`;
	const filled = { count: one.kind === 'token_expiring' ? values.days_left ?? 0 : count, location: location?.name ?? '', name, reason: values.reason ?? '' };
	const plain = t(`open.${one.kind}` as TextKey, filled);
	return tMaybe(key, plain, filled);
}

/** Where it is solved: the page that the server names, or the one thing that it is about. */
function problemTo(one: OpenProblem): string {
	return one.path;
}

export function ProblemLink({ one, className }: { one: OpenProblem; className?: string }) {
	return <Link to={problemTo(one)} className={className}>{t(`open.${one.kind}_do` as TextKey)}</Link>;
}

export function ProblemList({ items }: { items: OpenProblem[] }) {
	return (
		<ul className="pomona-problems">
			{items.map((one) => (
				<li key={`${one.kind}-${one.location?.id ?? 0}-${one.values.id ?? 0}`} data-problem={one.kind} data-severity={one.severity}>
					<span className="pomona-problem-icon">{ICON[one.severity]}<span className="pf-v6-screen-reader">{t(`severity.${one.severity}`)}</span></span>
					<div className="pomona-grow">
						<div className="pomona-wrap">{problemSentence(one)}</div>
						{one.since && <div className="pomona-muted pomona-small">{t('open.since')} <When at={one.since} /></div>}
					</div>
					<ProblemLink one={one} className="pf-v6-c-button pf-m-secondary pf-m-small" />
				</li>
			))}
		</ul>
	);
}
