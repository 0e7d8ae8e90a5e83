// What each step of set-up shows: the same cards as under Setting, and what is there already.
import { useState, type ReactNode } from 'react';
import { Button } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, type Location } from '../../lib/api';
import { askedJob } from '../../lib/events';
import { canSend } from '../../lib/first_steps';
import { t } from '../../lib/i18n';
import { mdmQuery, peopleCountQuery, smtpQuery, useChosenLocation, useLocations } from '../../lib/queries';
import { useSession } from '../../lib/session';
import { dateInWords, runInWords } from '../../lib/time';
import { Panel } from '../../parts/card';
import { Facts } from '../../parts/facts';
import { addStrip } from '../../parts/job_strip';
import { Empty, Loading } from '../../parts/states';
import { SyncDialog } from '../../parts/sync_dialog';
import { ChannelPanel } from '../setting/location';
import { MdmPanel, SmtpPanel } from '../setting/messages';
import { SchedulePanel } from '../setting/schedule';
import { TokenUpload } from '../setting/token';

function useFirstLocation(): Location | undefined {
	return useLocations().data?.items[0];
}

function NeedsToken() {
	return <Empty title={t('connect.first')} level="h3" actions={<Link to="/setup/token">{t('wizard.token')}</Link>} />;
}

export function OwnerStep() {
	const name = useSession()?.admin?.name ?? '';
	return <Panel title={t('wizard.owner')}><p>{t('wizard.owner_done', { name })}</p></Panel>;
}

export function TokenStep() {
	const locations = useLocations().data?.items ?? [];
	const [more, setMore] = useState(false);
	return (
		<Panel title={t('token.title')}>
			{locations.map((one) => (
				<Facts key={one.id} rows={[
					[t('location.organisation'), one.organisation], [t('location.name'), one.name],
					[t('location.token'), t('location.token_until', { date: dateInWords(one.token.expires_at) })],
				]} />
			))}
			{locations.length === 0 || more
				? <TokenUpload onDone={() => setMore(false)} />
				: <div><Button variant="link" isInline onClick={() => setMore(true)}>{t('setting.add_location')}</Button></div>}
		</Panel>
	);
}

export function ScheduleStep() {
	const location = useFirstLocation();
	return location ? <SchedulePanel key={location.id} location={location} suggest /> : <NeedsToken />;
}

export function MessagesStep() {
	const location = useFirstLocation();
	const channel = location?.message_channel;
	return (
		<>
			{location && <ChannelPanel key={location.id} location={location} />}
			{channel !== 'notification' && <SmtpPanel />}
			{channel !== 'email' && <MdmPanel />}
		</>
	);
}

function useCounts() {
	const { isKnown, location } = useChosenLocation();
	const people = useQuery({ ...peopleCountQuery({ location }), enabled: isKnown }).data;
	const devices = useQuery({
		queryKey: ['devices', 'count'],
		queryFn: async ({ signal }) => (await body(api.GET('/api/v1/devices', { params: { query: { limit: 1, count: 1 } }, signal }))).total ?? 0,
	}).data;
	return { people, devices };
}

function ImportRow({ count, words, kind, list }: { count: number | null | undefined; words: string; kind: 'people' | 'devices'; list: string }) {
	return (
		<Panel title={t(`import.${kind}`)} actions={Boolean(count) && <Link to={list}>{words}</Link>}>
			<p>{count === undefined ? <Loading label={t('state.loading')} rows={1} /> : count === 0 ? t(`first.${kind}_why`) : words}</p>
			<div><Link to={`/user/import?kind=${kind}`} className={`pf-v6-c-button ${count === 0 ? 'pf-m-primary' : 'pf-m-secondary'}`}>{t(`first.${kind}`)}</Link></div>
		</Panel>
	);
}

export function PeopleStep() {
	const { people, devices } = useCounts();
	return (
		<div className="pomona-panels">
			<ImportRow kind="people" count={people} words={t('wizard.people_count', { count: people ?? 0 })} list="/user" />
			<ImportRow kind="devices" count={devices} words={t('wizard.device_count', { count: devices ?? 0 })} list="/device" />
		</div>
	);
}

/** The end of the token as a file that calendars take. */
function calendar(location: Location): string {
	const day = location.token.expires_at.slice(0, 10).replaceAll('-', '');
	const text = (value: string) => value.replace(/[\\;,]/g, '\\$&');
	return [
		'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Pomona//EN', 'BEGIN:VEVENT', `UID:pomona-token-${location.apple_uid}-${day}`, `DTSTAMP:${day}T000000Z`,
		`DTSTART;VALUE=DATE:${day}`, `SUMMARY:${text(t('wizard.calendar_title', { location: location.name }))}`,
		'BEGIN:VALARM', 'ACTION:DISPLAY', `DESCRIPTION:${text(t('location.renew'))}`, 'TRIGGER:-P30D', 'END:VALARM', 'END:VEVENT', 'END:VCALENDAR', '',
	].join('\r\n');
}

function saveCalendar(location: Location) {
	const address = URL.createObjectURL(new Blob([calendar(location)], { type: 'text/calendar' }));
	const link = document.createElement('a');
	link.href = address;
	link.download = 'pomona-token.ics';
	link.click();
	URL.revokeObjectURL(address);
}

export function ReadyStep() {
	const location = useFirstLocation();
	const smtp = useQuery(smtpQuery).data;
	const mdm = useQuery(mdmQuery).data;
	const { people, devices } = useCounts();
	const [syncing, setSyncing] = useState(false);
	const skipped = <span className="pomona-muted">{t('wizard.not_set')}</span>;
	const next = location?.schedule.next_runs[0];
	const rows: [string, ReactNode][] = [
		[t('wizard.token'), location ? `${location.organisation} · ${location.name}` : skipped],
		[t('wizard.schedule'), location && next ? t('wizard.next_run', { when: runInWords(next, location.schedule.time_zone) }) : skipped],
		[t('wizard.messages'), smtp && mdm && canSend(location, smtp, mdm.url) ? [smtp.host, mdm.url].filter(Boolean).join(' · ') : skipped],
		[t('wizard.people'), people ? `${t('wizard.people_count', { count: people })}, ${t('wizard.device_count', { count: devices ?? 0 })}` : skipped],
	];
	return (
		<>
			<Panel title={t('wizard.was_set')}><Facts rows={rows} /></Panel>
			<Panel title={t('wizard.what_next')}>
				<ol className="pomona-plain">
					{location && <li><Button variant="link" isInline onClick={() => setSyncing(true)}>{t('first.sync')}</Button><div className="pomona-muted pomona-small">{t('first.sync_why')}</div></li>}
					<li><Link to="/user?eligible=1&platform=iOS">{t('first.invite')}</Link><div className="pomona-muted pomona-small">{t('first.invite_why')}</div></li>
					<li><Link to="/setting/administrators">{t('wizard.colleague')}</Link><div className="pomona-muted pomona-small">{t('wizard.colleague_why')}</div></li>
					{location && <li><Button variant="link" isInline onClick={() => saveCalendar(location)}>{t('wizard.calendar')}</Button><div className="pomona-muted pomona-small">{t('wizard.calendar_why', { date: dateInWords(location.token.expires_at) })}</div></li>}
				</ol>
			</Panel>
			{syncing && <SyncDialog chosen={{ location: location?.id }} onClose={() => setSyncing(false)} onStarted={(job) => { askedJob(job); addStrip(job.id); setSyncing(false); }} />}
		</>
	);
}
