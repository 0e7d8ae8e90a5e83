// The progress of jobs that this browser started, in the flow of the page that started them.
import { useEffect, useSyncExternalStore } from 'react';
import { Button, Progress, ProgressMeasureLocation } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Job } from '../lib/api';
import { useConnection } from '../lib/connection';
import { isOpen } from '../lib/events';
import { formatNumber, t, tMaybe } from '../lib/i18n';
import { asProblem } from '../lib/problem';
import { jobQuery } from '../lib/queries';
import { JobBadge } from './badges';
import { useJobActions } from './job_actions';

const KEY = 'pomona.strips';
const MOST = 3;
const LIVE_MS = 5000;
const POLL_MS = 2000;

const listeners = new Set<() => void>();
let strips: number[] = kept();

function kept(): number[] {
	try {
		const list: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
		return Array.isArray(list) ? list.filter((id): id is number => Number.isInteger(id)) : [];
	} catch {
		return [];
	}
}

function keep(next: number[]) {
	strips = next;
	try {
		sessionStorage.setItem(KEY, JSON.stringify(next));
	} catch {
		// then they last as long as the page
	}
	for (const listener of listeners) listener();
}

/** Strips of jobs that were started on this visit of a page. */
const fresh = new Set<number>();

export function addStrip(id: number) {
	fresh.add(id);
	keep([id, ...strips.filter((one) => one !== id)].slice(0, MOST));
}

function dropStrip(id: number) {
	keep(strips.filter((one) => one !== id));
}

function useStrips(): number[] {
	return useSyncExternalStore((listener) => {
		listeners.add(listener);
		return () => { listeners.delete(listener); };
	}, () => strips);
}

/** A job, kept up to date by the event stream, and by asking when that is down. Somebody may wait for it: then it moves also while
 * live updates are paused. */
export function useJob(id: number, isAwaited = false) {
	const { live, paused } = useConnection();
	return useQuery({
		...jobQuery(id),
		refetchInterval: (query) => {
			const job = query.state.data;
			return job && isOpen(job) && (isAwaited || !paused) ? (live && !paused ? LIVE_MS : POLL_MS) : false;
		},
	});
}

export function jobTitle(job: Job): string {
	return tMaybe(`job.kind.${job.kind}`, job.kind);
}

/** "128 of 430 · 3 failed · 12 skipped", then what it does or waits for. */
export function jobNumbers(job: Job): string {
	if (job.total === 0 && !isOpen(job)) return t('job.nothing');
	const parts = [t('job.done_of', { done: job.done, total: job.total })];
	if (job.failed > 0) parts.push(t('job.failed_count', { count: job.failed }));
	if (job.skipped > 0) parts.push(t('job.skipped_count', { count: job.skipped }));
	return parts.join(' · ');
}

export function JobProgress({ job }: { job: Job }) {
	const past = job.done + job.failed + job.skipped;
	const percent = job.total > 0 ? Math.min(100, Math.floor((past * 100) / job.total)) : isOpen(job) ? 0 : 100;
	const variant = isOpen(job) || job.state === 'planned' ? undefined : job.failed > 0 ? 'warning' : job.state === 'done' ? 'success' : undefined;
	return (
		<div className="pomona-stack pomona-tight">
			<Progress aria-label={t('job.progress')} value={percent} valueText={`${formatNumber(percent)} %`} measureLocation={ProgressMeasureLocation.outside} variant={variant} size="sm" />
			<p className="pomona-small">{jobNumbers(job)}</p>
			{isOpen(job) && (job.wait.reason ?? job.step) && <p className="pomona-small pomona-muted">{job.wait.reason ?? job.step}</p>}
			{job.failure && <p className="pomona-small">{job.failure}</p>}
		</div>
	);
}

function Strip({ id }: { id: number }) {
	const { data: job, error } = useJob(id);
	const actions = useJobActions(id);
	const gone = error !== null && asProblem(error).status === 404;
	const old = job?.state === 'done' && job.failed === 0 && !fresh.has(id);
	if (job && isOpen(job)) fresh.add(id); // whoever sees it run also sees how it ends
	useEffect(() => {
		if (gone || old) dropStrip(id); // a success hides itself at the next visit
	}, [gone, id, old]);
	if (!job || old) return null;
	return (
		<section className="pomona-strip" aria-label={t('job.strip', { title: jobTitle(job), id })}>
			<div className="pomona-head">
				<div className="pomona-row">
					<strong>{jobTitle(job)}</strong>
					<Link to={`/job/${id}`}>{t('job.name', { id })}</Link>
					<JobBadge job={job} />
				</div>
				<div className="pomona-row">
					{actions.buttons(job, true)}
					{!isOpen(job) && job.failed > 0 && <Link className="pf-v6-c-button pf-m-link pf-m-small" to={`/job/${id}?state=failed`}>{t('job.show_failed', { count: job.failed })}</Link>}
					<Button variant="link" size="sm" onClick={() => dropStrip(id)}>{t('job.hide')}</Button>
				</div>
			</div>
			<JobProgress job={job} />
			{actions.dialog}
		</section>
	);
}

export function JobStrips() {
	const ids = useStrips();
	useEffect(() => () => fresh.clear(), []);
	return <>{ids.map((id) => <Strip key={id} id={id} />)}</>;
}
