// Where things stand, what is missing, and the button for each.
import { useState } from 'react';
import { Alert, Button } from '@patternfly/react-core';
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import CircleIcon from '@patternfly/react-icons/dist/esm/icons/outlined-circle-icon';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, type Location } from '../lib/api';
import { useRunningJobs } from '../lib/events';
import { t } from '../lib/i18n';
import { findingsCountQuery, peopleCountQuery, smtpQuery, useChosenLocation, useLocations } from '../lib/queries';
import { useMay } from '../lib/session';
import { dateInWords, runInWords } from '../lib/time';
import { JobBadge, TokenBadge } from '../parts/badges';
import { Panel } from '../parts/card';
import { Donut, type Part } from '../parts/donut';
import { JobProgress, jobNumbers, jobTitle } from '../parts/job_strip';
import { Page } from '../parts/page';
import { Loading, Trouble } from '../parts/states';
import { When } from '../parts/when';

const HIDE_KEY = 'pomona.checklist';

interface Step { key: 'token' | 'smtp' | 'people' | 'devices' | 'sync' | 'invite' | 'schedule'; done: boolean; to: string }

function useSteps(location: Location | undefined, people: number | undefined): Step[] | undefined {
	const smtp = useQuery(smtpQuery).data;
	const devices = useQuery({
		queryKey: ['devices', 'any'],
		queryFn: ({ signal }) => body(api.GET('/api/v1/devices', { params: { query: { limit: 1 } }, signal })),
	}).data;
	if (!smtp || !devices || people === undefined) return undefined;
	const setting = '/setting/ios/vpp';
	return [
		{ key: 'token', done: location !== undefined, to: setting },
		{ key: 'smtp', done: smtp.host !== null || location?.message_channel === 'notification', to: setting },
		{ key: 'people', done: people > 0, to: '/user/import?kind=people' },
		{ key: 'devices', done: devices.items.length > 0, to: '/user/import?kind=devices' },
		{ key: 'invite', done: location !== undefined && location.vpp_users.invited + location.vpp_users.associated > 0, to: '/user?eligible=1&platform=iOS' },
		{ key: 'sync', done: Boolean(location?.last_sync_at), to: setting },
		{ key: 'schedule', done: location !== undefined && location.schedule.mode !== 'off', to: setting },
	];
}

function Checklist({ steps }: { steps: Step[] }) {
	const [hidden, setHidden] = useState(() => localStorage.getItem(HIDE_KEY) === '1');
	const open = steps.filter((step) => !step.done).length;
	if (open === 0 || hidden) return null;
	const hide = () => {
		localStorage.setItem(HIDE_KEY, '1');
		setHidden(true);
	};
	return (
		<Panel title={t('first.title')} actions={<Button variant="link" onClick={hide}>{t('first.hide')}</Button>}>
			<p className="pomona-muted">{t('first.left', { count: open })}</p>
			<ol className="pomona-steps">
				{steps.map((step) => (
					<li key={step.key} data-step={step.key} data-done={step.done || undefined}>
						<span className={step.done ? 'pomona-tick' : 'pomona-muted'}>{step.done ? <CheckCircleIcon /> : <CircleIcon />}</span>
						<div>
							{step.done ? <span>{t(`first.${step.key}`)} <span className="pf-v6-screen-reader">{t('first.done')}</span></span> : <Link to={step.to}>{t(`first.${step.key}`)}</Link>}
							{!step.done && <div className="pomona-muted pomona-small">{t(`first.${step.key}_why`)}</div>}
						</div>
					</li>
				))}
			</ol>
		</Panel>
	);
}

/** One ring for each location: a person may be a VPP user in several. Without a location everybody is none. */
function VppUsers({ location, isOneOfMany, people }: { location: Location | undefined; isOneOfMany: boolean; people: number }) {
	const sum = (name: keyof Location['vpp_users']) => location?.vpp_users[name] ?? 0;
	const list = (state: string) => `/user?state=${state}${location && isOneOfMany ? `&location=${location.id}` : ''}`;
	const title = location && isOneOfMany ? t('dashboard.vpp_of', { name: location.name }) : t('dashboard.vpp');
	const known = sum('associated') + sum('invited') + sum('registered');
	const moving = sum('requested') + sum('removing') + sum('checking');
	const rest = Math.max(0, people - known - moving);
	const parts: Part[] = [
		{ key: 'associated', text: t('vpp.associated'), value: sum('associated'), color: 'green', to: list('associated') },
		{ key: 'invited', text: t('vpp.invited'), value: sum('invited'), color: 'orange', to: list('invited') },
		{ key: 'registered', text: t('vpp.registered'), value: sum('registered') + moving, color: 'blue', to: list('registered') },
		{ key: 'none', text: t('vpp.none'), value: rest, color: 'grey', to: list('none') },
	];
	const sentence = t('dashboard.sentence', { associated: sum('associated'), invited: sum('invited'), people });
	return <Panel title={title}><Donut parts={parts} sentence={sentence} caption={title} /></Panel>;
}

function Sync({ location }: { location: Location }) {
	const next = location.schedule.next_runs[0];
	return (
		<Panel title={t('dashboard.sync')} actions={<Link to={`/setting/ios/vpp?location=${location.id}`}>{t('dashboard.setting')}</Link>}>
			<div><div className="pomona-muted">{t('location.last_sync')}</div><div className="pomona-big"><When at={location.last_sync_at} none={t('location.never')} /></div></div>
			<div><div className="pomona-muted">{t('dashboard.next')}</div>{next ? <time dateTime={next}>{runInWords(next, location.schedule.time_zone)}</time> : t('dashboard.by_hand')}</div>
		</Panel>
	);
}

function Token({ location }: { location: Location }) {
	return (
		<Panel title={t('location.token')} actions={<Link to={`/setting/ios/vpp?location=${location.id}`}>{t('dashboard.setting')}</Link>}>
			<div className="pomona-row"><TokenBadge state={location.token.state} daysLeft={location.token.days_left} /></div>
			<p>{location.organisation} · {location.name}<br /><span className="pomona-muted">{t('location.token_until', { date: dateInWords(location.token.expires_at) })}</span></p>
			{location.owner.state === 'foreign' && <p className="pomona-error">{t('location.foreign', { name: location.owner.name ?? t('location.another') })}</p>}
		</Panel>
	);
}

/** From 60 days before its end, each step more pressing. */
function TokenBanner({ location }: { location: Location }) {
	const { state, warn_days: step, days_left: days } = location.token;
	if (state !== 'expiring' && state !== 'expired') return null;
	const title = state === 'expired' ? t('dashboard.token_ended', { name: location.name }) : t('dashboard.token_ends', { name: location.name, count: days });
	return (
		<Alert isInline variant={state === 'expired' || (step ?? 60) <= 7 ? 'danger' : 'warning'} component="p" title={title}
			actionLinks={<Link to={`/setting/ios/vpp?location=${location.id}`}>{t('location.renew')}</Link>}>
			{t('location.token_soon_words')}
		</Alert>
	);
}

function FailedUsers({ location, isOneOfMany }: { location: Location; isOneOfMany: boolean }) {
	const failed = useQuery(peopleCountQuery({ state: 'failed', location: location.id, exact: 1 })).data;
	if (!failed) return null;
	return <p><Link to={`/user?state=failed${isOneOfMany ? `&location=${location.id}` : ''}`}>{t('dashboard.failed', { count: failed })}</Link>{isOneOfMany && ` · ${location.name}`}</p>;
}

function Attention() {
	const locations = useLocations().data?.items ?? [];
	const counts = useQueries({ queries: locations.map((one) => peopleCountQuery({ state: 'failed', location: one.id, exact: 1 })) });
	const waits = locations.filter((one) => one.wait.reason);
	const found = useQuery(findingsCountQuery).data ?? 0;
	return (
		<Panel title={t('dashboard.attention')}>
			{counts.every((one) => one.data === 0) && found === 0 && waits.length === 0 && <p className="pomona-muted">{t('dashboard.nothing_wrong')}</p>}
			{locations.map((one) => <FailedUsers key={one.id} location={one} isOneOfMany={locations.length > 1} />)}
			{found > 0 && <p><Link to="/finding">{t('dashboard.findings', { count: found })}</Link></p>}
			{waits.map((one) => <p key={one.id}>{locations.length > 1 && `${one.name}: `}{one.wait.reason}</p>)}
		</Panel>
	);
}

function RecentJobs() {
	const running = useRunningJobs();
	const list = useQuery({
		queryKey: ['jobs', 'recent'],
		queryFn: ({ signal }) => body(api.GET('/api/v1/jobs', { params: { query: { limit: 5 } }, signal })),
	});
	const rest = (list.data?.items ?? []).filter((job) => !running.some((one) => one.id === job.id));
	return (
		<Panel title={t('dashboard.jobs')} actions={<Link to="/job">{t('job.to_list')}</Link>}>
			{list.error && <Trouble error={list.error} again={() => void list.refetch()} />}
			{running.map((job) => <div key={job.id}><Link to={`/job/${job.id}`}>{jobTitle(job)}</Link><JobProgress job={job} /></div>)}
			{list.data && rest.length + running.length === 0 && <p className="pomona-muted">{t('jobs.none')}</p>}
			<ul className="pomona-plain">
				{rest.map((job) => <li key={job.id} className="pomona-row"><Link to={`/job/${job.id}`}>{jobTitle(job)}</Link><JobBadge job={job} /><span className="pomona-muted pomona-small">{jobNumbers(job)} · <When at={job.finished_at ?? job.created_at} /></span></li>)}
			</ul>
		</Panel>
	);
}

export default function Dashboard() {
	const locations = useLocations();
	const { location, isKnown } = useChosenLocation();
	const people = useQuery({ ...peopleCountQuery({ location }), enabled: isKnown });
	const mayChange = useMay('operator');
	const everyone = people.data ?? undefined;
	const steps = useSteps(locations.data?.items[0], everyone);
	const items = locations.data?.items ?? [];
	return (
		<Page title={t('nav.dashboard')}>
			{locations.error && <Trouble error={locations.error} again={() => void locations.refetch()} />}
			{people.error && <Trouble error={people.error} again={() => void people.refetch()} />}
			{(locations.isPending || people.isPending) && <Loading label={t('state.loading')} />}
			{items.map((one) => <TokenBanner key={`b${one.id}`} location={one} />)}
			{mayChange && steps && <Checklist steps={steps} />}
			{locations.data && everyone !== undefined && (
				<div className="pomona-cards">
					{items.length === 0 && <VppUsers location={undefined} isOneOfMany={false} people={everyone} />}
					{items.map((one) => <VppUsers key={`v${one.id}`} location={one} isOneOfMany={items.length > 1} people={everyone} />)}
					{items.map((one) => <Sync key={`s${one.id}`} location={one} />)}
					{items.map((one) => <Token key={`t${one.id}`} location={one} />)}
					<RecentJobs />
					<Attention />
				</div>
			)}
		</Page>
	);
}
