// One job: live progress, what became of it by cause, then person by person. A sync that waits for its OK shows its plan.
import { useEffect, useRef } from 'react';
import { Button } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { Job } from '../../lib/api';
import { useQueryState } from '../../lib/address';
import { channelName } from '../../lib/channel';
import { isOpen } from '../../lib/events';
import { formatNumber, t, tMaybe } from '../../lib/i18n';
import { asProblem } from '../../lib/problem';
import { selectionWords } from '../../lib/selection_words';
import { findingsCountQuery, useLocations } from '../../lib/queries';
import { JobBadge } from '../../parts/badges';
import { Panel } from '../../parts/card';
import { Countdown } from '../../parts/countdown';
import { Facts } from '../../parts/facts';
import { JobProgress, jobTitle, useJob } from '../../parts/job_strip';
import { useJobActions } from '../../parts/job_actions';
import { Page } from '../../parts/page';
import { Empty, Loading, Trouble } from '../../parts/states';
import { useSays } from '../../parts/toasts';
import { TrafficPanel } from '../../parts/traffic';
import { When } from '../../parts/when';
import { Items } from './items';
import { PlanPanel } from './plan';
import { Causes } from './results';
import { spanInWords, spent, useSpeed } from './speed';

/** "message_failed" in words: what was done, and how it ended. */
function summaryName(name: string): string {
	const pair = /^(.+)_(done|failed|skipped|cancelled|not_needed|planned)$/.exec(name);
	if (!pair) return tMaybe(`summary.${name}`, name.replaceAll('_', ' '));
	return t('summary.pair', { what: tMaybe(`plan.${pair[1]}`, pair[1] ?? ''), state: tMaybe(`item.state.${pair[2]}`, pair[2] ?? '') });
}

/** Numbers of a finished job by name, as the server counted them. */
function summaryRows(job: Job): [string, string][] {
	return Object.entries(job.summary ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
		.map(([name, value]) => [summaryName(name), formatNumber(value)]);
}

/** After a sync, what is at Apple and was not done here. */
function SyncFindings() {
	const found = useQuery(findingsCountQuery).data ?? 0;
	return found > 0 ? <p><Link to="/finding">{t('dashboard.findings', { count: found })}</Link></p> : null;
}

/** Says 25, 50, 75 and 100 per cent once each, for those who do not see the bar. */
function useSpokenProgress(job: Job | undefined) {
	const { announce } = useSays();
	const said = useRef(-1);
	useEffect(() => {
		if (!job || job.total === 0) return;
		const quarter = Math.floor(((job.done + job.failed + job.skipped) * 4) / job.total);
		if (said.current >= 0 && quarter > said.current) announce(t('job.spoken', { percent: quarter * 25, failed: job.failed }));
		said.current = quarter;
	}, [announce, job]);
}

function CopyLink({ id }: { id: number }) {
	const { toast } = useSays();
	const copy = () => {
		void navigator.clipboard.writeText(`${window.location.origin}/job/${id}`).then(() => toast(t('api_token.copied')), () => undefined);
	};
	return window.isSecureContext ? <Button variant="link" onClick={copy}>{t('job.copy_link')}</Button> : null;
}

/** After Retry the page is that of the new job. */
function useRetried(): (job: Job) => void {
	const [, go] = useLocation();
	return (job) => go(`/job/${job.id}`);
}

export default function JobPage({ id }: { id: number }) {
	const { data: job, error, refetch } = useJob(id);
	const [query, change] = useQueryState();
	const speed = useSpeed(job);
	const actions = useJobActions(id, useRetried());
	const locations = useLocations().data?.items ?? [];
	useSpokenProgress(job);
	const crumbs = [{ text: t('nav.job'), to: '/job' }];
	if (!job) {
		return (
			<Page title={t('job.name', { id })} crumbs={crumbs}>
				{!error && <Loading label={t('state.loading')} />}
				{error && (asProblem(error).status === 404
					? <Empty title={t('job.missing', { id })} actions={<Link to="/job">{t('job.to_list')}</Link>} />
					: <Trouble error={error} again={() => void refetch()} />)}
			</Page>
		);
	}
	const location = locations.find((one) => one.id === job.location);
	const took = spent(job);
	const whom = selectionWords(job);
	return (
		<Page title={t('job.title', { title: jobTitle(job), id })} badge={<JobBadge job={job} />} crumbs={crumbs} actions={<><CopyLink id={id} />{actions.buttons(job)}</>}>
			{actions.error}
			{actions.dialog}
			{job.state === 'planned' && <PlanPanel job={job} />}
			{job.state !== 'planned' && <Panel title={t('job.progress')}>
				<JobProgress job={job} />
				{isOpen(job) && <p className="pomona-muted pomona-small">{t('job.leave')}</p>}
				{isOpen(job) && job.wait.until && <p className="pomona-small">{t('job.next_try')} <Countdown until={job.wait.until} /></p>}
				{speed && <p className="pomona-small">{t('job.time_left', { time: spanInWords(speed.left), number: speed.perMinute })}</p>}
			</Panel>}
			<Panel title={t('job.facts')}>
				<Facts isWide rows={[
					[t('jobs.by'), job.asked_by],
					[t('jobs.when'), <When key="c" at={job.created_at} />],
					...(job.finished_at ? [[t('jobs.finished'), <When key="f" at={job.finished_at} />] as [string, React.ReactNode]] : []),
					...(took ? [[t('jobs.took'), took.perMinute === null ? spanInWords(took.seconds) : t('jobs.took_rate', { time: spanInWords(took.seconds), number: took.perMinute })] as [string, string]] : []),
					...(whom ? [[t('jobs.whom'), job.selection?.retry_of ? <Link key="r" to={`/job/${job.selection.retry_of}`}>{whom}</Link> : whom] as [string, React.ReactNode]] : []),
					...(job.channel ? [[t('vpp.send_by'), channelName(job.channel)] as [string, string]] : []),
					...(location ? [[t('people.location'), location.name] as [string, string]] : []),
					...(job.state === 'planned' ? [] : summaryRows(job)),
				]} />
			</Panel>
			{job.kind === 'sync' && <SyncFindings />}
			{job.kind === 'import' && typeof job.summary?.import === 'number' && <p><Link to={`/user/import/${job.summary.import}`}>{t('job.to_import')}</Link></p>}
			{job.kind !== 'import' && (
				<>
					{job.state !== 'planned' && <Causes job={job} show={(state) => { change({ state, after: undefined, page: undefined }); document.getElementById('items')?.scrollIntoView(); }} />}
					{job.state !== 'planned' && <Items job={job} query={query} change={change} />}
					<TrafficPanel job={id} />
				</>
			)}
		</Page>
	);
}
