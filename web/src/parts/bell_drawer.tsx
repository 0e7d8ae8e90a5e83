// The jobs that run and the last that ended, of everybody or one's own, beside whatever page is open.
import { useEffect, useRef, useState } from 'react';
import { Button, Switch } from '@patternfly/react-core';
import TimesIcon from '@patternfly/react-icons/dist/esm/icons/times-icon';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, type Job } from '../lib/api';
import { isOpen, useRunningJobs } from '../lib/events';
import { t } from '../lib/i18n';
import { useSession } from '../lib/session';
import { JobBadge } from './badges';
import { JobProgress, jobNumbers, jobTitle } from './job_strip';
import { Loading, Trouble } from './states';
import { When } from './when';

const LAST = 20;

function One({ job }: { job: Job }) {
	return (
		<li>
			<div className="pomona-row"><Link to={`/job/${job.id}`}>{jobTitle(job)}</Link><JobBadge job={job} /></div>
			{isOpen(job) ? <JobProgress job={job} /> : <div className="pomona-muted pomona-small">{job.failure ?? jobNumbers(job)}</div>}
			<div className="pomona-muted pomona-small">{job.asked_by} · <When at={job.finished_at ?? job.created_at} /></div>
		</li>
	);
}

export default function BellDrawer({ onClose }: { onClose: () => void }) {
	const me = useSession()?.admin?.name;
	const [mine, setMine] = useState(false);
	const head = useRef<HTMLHeadingElement>(null);
	const running = useRunningJobs();
	const list = useQuery({
		queryKey: ['jobs', 'last', LAST],
		queryFn: async ({ signal }) => (await body(api.GET('/api/v1/jobs', { params: { query: { limit: LAST } }, signal }))).items,
	});
	useEffect(() => head.current?.focus(), []);
	const wanted = (job: Job) => !mine || job.asked_by === me;
	const ended = (list.data ?? []).filter((job) => !running.some((one) => one.id === job.id));
	const shown = [...running, ...ended].filter(wanted);
	return (
		<aside className="pomona-drawer" aria-labelledby="bell-title" onKeyDown={(event) => { if (event.key === 'Escape') onClose(); }}>
			<div className="pomona-head">
				<h2 id="bell-title" ref={head} tabIndex={-1} className="pomona-step-title">{t('bell.label')}</h2>
				<Button variant="plain" aria-label={t('dialog.close')} icon={<TimesIcon />} onClick={onClose} />
			</div>
			<Switch id="bell-mine" label={t('bell.mine')} isChecked={mine} onChange={(_event, on) => setMine(on)} />
			{list.error && <Trouble error={list.error} again={() => void list.refetch()} level="h3" />}
			{list.isPending && <Loading label={t('state.loading')} rows={5} />}
			{list.data && shown.length === 0 && <p className="pomona-muted">{t('jobs.none')}</p>}
			<ul className="pomona-plain">{shown.map((job) => <One key={job.id} job={job} />)}</ul>
			<Link to="/job">{t('job.to_list')}</Link>
		</aside>
	);
}
