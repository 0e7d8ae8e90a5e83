// What goes on: sync, the token's health, jobs, and what is wrong with the button that mends it.
import { useState } from 'react';
import { Button } from '@patternfly/react-core';
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, type Job, type Location } from '../../lib/api';
import { askedJob, useRunningJobs } from '../../lib/events';
import { t } from '../../lib/i18n';
import { useMay } from '../../lib/session';
import { dateInWords, runInWords } from '../../lib/time';
import { JobBadge, TokenBadge } from '../../parts/badges';
import { Panel, ReadPanel } from '../../parts/card';
import { addStrip, JobProgress, jobNumbers, jobTitle } from '../../parts/job_strip';
import { ProblemList, problemsQuery } from '../../parts/open_problems';
import { SyncLater } from '../../parts/sync_later';
import { When } from '../../parts/when';

const RECENT = 5;

function LastResult({ location }: { location: Location }) {
	const job = useQuery({
		queryKey: ['jobs', 'last-sync', location.id],
		queryFn: async ({ signal }) => (await body(api.GET('/api/v1/jobs', { params: { query: { limit: 1, kind: 'sync', location: location.id } }, signal }))).items[0] ?? null,
	}).data;
	if (!job) return null;
	return <div className="pomona-row"><JobBadge job={job} /><Link to={`/job/${job.id}`}>{jobNumbers(job)}</Link></div>;
}

export function SyncCard({ location }: { location: Location }) {
	const [open, setOpen] = useState(false);
	const maySync = useMay('operator');
	const next = location.schedule.next_runs[0];
	const started = (job: Job) => {
		askedJob(job);
		addStrip(job.id);
		setOpen(false);
	};
	return (
		<Panel title={t('dashboard.sync')} actions={<Link to={`/setting/ios/vpp?location=${location.id}#schedule`}>{t('dashboard.schedule')}</Link>}
			foot={maySync && <Button variant="secondary" onClick={() => setOpen(true)}>{t('location.sync_now')}</Button>}>
			<div>
				<div className="pomona-muted">{t('location.last_sync')}</div>
				<div className="pomona-big"><When at={location.last_sync_at} none={t('location.never')} /></div>
				<LastResult location={location} />
			</div>
			<div>
				<div className="pomona-muted">{t('dashboard.next')}</div>
				{next ? <><time dateTime={next}>{runInWords(next, location.schedule.time_zone)}</time> <span className="pomona-muted">– <When at={next} /></span></> : t('dashboard.by_hand')}
			</div>
			{location.wait.reason && <p className="pomona-small">{location.wait.reason}</p>}
			{open && <SyncLater chosen={{ location: location.id }} onClose={() => setOpen(false)} onStarted={started} />}
		</Panel>
	);
}

export function TokenCard({ location }: { location: Location }) {
	const { token, owner } = location;
	const good = token.state === 'valid' || token.state === 'expiring';
	return (
		<Panel title={t('location.token')} actions={<Link to={`/setting/ios/vpp?location=${location.id}`}>{t(token.state === 'valid' ? 'dashboard.setting' : 'location.renew')}</Link>}>
			{good && <div><div className="pomona-big">{t('token.days_left', { count: token.days_left })}</div><span className="pomona-muted">{t('location.token_until', { date: dateInWords(token.expires_at) })}</span></div>}
			<div className="pomona-row">{token.state !== 'valid' && <TokenBadge state={token.state} daysLeft={token.days_left} />}<span className="pomona-wrap">{location.organisation} · {location.name}</span></div>
			{!good && <p className="pomona-error">{token.reason ?? t('location.token_bad')}</p>}
			{owner.state === 'foreign' && <p className="pomona-error">{t('location.foreign', { name: owner.name ?? t('location.another') })}</p>}
		</Panel>
	);
}

export function JobsCard() {
	const running = useRunningJobs();
	const list = useQuery({
		queryKey: ['jobs', 'recent'],
		queryFn: async ({ signal }) => (await body(api.GET('/api/v1/jobs', { params: { query: { limit: RECENT } }, signal }))).items,
	});
	return (
		<ReadPanel title={t('dashboard.jobs')} read={list} rows={RECENT} actions={<Link to="/job">{t('job.to_list')}</Link>}>
			{(items) => {
				const rest = items.filter((job) => !running.some((one) => one.id === job.id));
				return (
					<>
						{running.map((job) => <div key={job.id}><Link to={`/job/${job.id}`}>{jobTitle(job)}</Link><JobProgress job={job} /></div>)}
						{rest.length + running.length === 0 && <p className="pomona-muted">{t('jobs.none')}</p>}
						<ul className="pomona-plain">
							{rest.map((job) => (
								<li key={job.id}>
									<div className="pomona-row"><Link to={`/job/${job.id}`}>{jobTitle(job)}</Link><JobBadge job={job} /></div>
									<div className="pomona-muted pomona-small">{jobNumbers(job)} · <When at={job.finished_at ?? job.created_at} /></div>
								</li>
							))}
						</ul>
					</>
				);
			}}
		</ReadPanel>
	);
}

export function ProblemsCard() {
	const read = useQuery(problemsQuery);
	return (
		<ReadPanel title={t('dashboard.attention')} read={read} className="pomona-wide">
			{(items) => (items.length === 0
				? <p className="pomona-row"><span className="pomona-tick"><CheckCircleIcon /></span> {t('dashboard.nothing_wrong')}</p>
				: <ProblemList items={items} />)}
		</ReadPanel>
	);
}
