// One location: what Apple says of it, its token's health, who manages it.
import { useState } from 'react';
import { Alert, Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, body, type Job, type Location, type MessageChannel } from '../../lib/api';
import { askedJob } from '../../lib/events';
import { locale, t } from '../../lib/i18n';
import { asProblem } from '../../lib/problem';
import { useMay } from '../../lib/session';
import { dateInWords } from '../../lib/time';
import { ActButton } from '../../parts/act_button';
import { TokenBadge } from '../../parts/badges';
import { Panel, SaveFoot } from '../../parts/card';
import { Choices } from '../../parts/choices';
import { Facts } from '../../parts/facts';
import { addStrip } from '../../parts/job_strip';
import { Trouble } from '../../parts/states';
import { SyncDialog } from '../../parts/sync_dialog';
import { useSays } from '../../parts/toasts';
import { When } from '../../parts/when';
import { Foreign } from './foreign';
import { Reminder } from './reminder';
import { TestConnection } from './test_connection';
import { TokenUpload } from './token';

function country(code: string | null): string {
	if (!code) return '–';
	try {
		return `${new Intl.DisplayNames(locale(), { type: 'region' }).of(code) ?? code} (${code})`;
	} catch {
		return code;
	}
}

function Warnings({ location, onLeave }: { location: Location; onLeave: () => void }) {
	const { token, owner, notifications, wait } = location;
	return (
		<>
			{token.state !== 'valid' && token.state !== 'expiring' && <Alert isInline variant="danger" component="p" title={token.reason ?? t('location.token_bad')}>{t('location.token_bad_words')}</Alert>}
			{token.state === 'expiring' && <Alert isInline variant={(token.warn_days ?? 60) <= 7 ? 'danger' : 'warning'} component="p" title={t('location.token_soon', { count: token.days_left })}>{t('location.token_soon_words')}</Alert>}
			{owner.state === 'foreign' && <Foreign location={location} onLeave={onLeave} />}
			{wait.reason && <Alert isInline variant="info" component="p" title={wait.reason}>{wait.until && <>{t('location.wait_until')} <When at={wait.until} /></>}</Alert>}
			{notifications.state === 'failed' && <Alert isInline variant="warning" component="p" title={t('location.notices_failed')}>{notifications.reason}</Alert>}
		</>
	);
}

function Disconnect({ location, onClose }: { location: Location; onClose: () => void }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const remove = useMutation({
		mutationFn: (leaveUsers: boolean) => api.DELETE('/api/v1/locations/{id}', { params: { path: { id: location.id }, query: leaveUsers ? { leave_users: 1 } : {} } }),
		onSuccess: () => {
			toast(t('location.gone', { name: location.name }));
			void client.invalidateQueries();
			onClose();
		},
	});
	const hasUsers = remove.error && asProblem(remove.error).reason === 'location.has_users';
	return (
		<Modal isOpen variant="small" onClose={onClose} aria-labelledby="gone-title">
			<ModalHeader title={t('location.disconnect_title', { name: location.name })} titleIconVariant="danger" labelId="gone-title" />
			<ModalBody className="pomona-stack"><p>{t('location.disconnect_words')}</p>{remove.error && <Trouble error={remove.error} />}</ModalBody>
			<ModalFooter>
				<ActButton variant="danger" isLoading={remove.isPending} isDisabled={remove.isPending} onClick={() => remove.mutate(Boolean(hasUsers))}>{t(hasUsers ? 'location.disconnect_leave' : 'location.disconnect_ok')}</ActButton>
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}

const OWNER = { ours: 'location.owner_ours', foreign: 'location.owner_foreign', unknown: 'location.owner_unknown' } as const;
const NOTICES = { on: 'location.notices_on', off: 'location.notices_off', failed: 'location.notices_not' } as const;

export function LocationPanel({ location, onSync }: { location: Location; onSync: (job: Job) => void }) {
	const [open, setOpen] = useState<'sync' | 'gone' | 'renew' | null>(null);
	const mayChange = useMay('admin');
	const maySync = useMay('operator');
	const started = (job: Job) => {
		askedJob(job);
		addStrip(job.id);
		setOpen(null);
		onSync(job);
	};
	const rows: [string, ReactNode][] = [
		[t('location.organisation'), location.organisation],
		[t('location.name'), location.name],
		[t('location.country'), country(location.country)],
		[t('location.token'), <span key="t" className="pomona-row"><TokenBadge state={location.token.state} daysLeft={location.token.days_left} />{t('location.token_until', { date: dateInWords(location.token.expires_at) })}<Reminder location={location} /></span>],
		[t('location.owner'), t(OWNER[location.owner.state], { name: location.owner.name ?? t('location.another') })],
		[t('location.notices'), t(NOTICES[location.notifications.state])],
		[t('location.last_sync'), <When key="w" at={location.last_sync_at} none={t('location.never')} />],
		[t('location.id'), <span key="i" className="pomona-mono">{location.apple_uid}</span>],
	];
	return (
		<Panel title={t('location.title')} actions={maySync && <Button variant="primary" onClick={() => setOpen('sync')}>{t('location.sync_now')}</Button>}
			foot={mayChange && (
				<>
					<TestConnection location={location} />
					<Button variant="secondary" aria-expanded={open === 'renew'} onClick={() => setOpen(open === 'renew' ? null : 'renew')}>{t('location.renew')}</Button>
					<Button variant="link" isDanger onClick={() => setOpen('gone')}>{t('location.disconnect')}</Button>
				</>
			)}>
			<Warnings location={location} onLeave={() => setOpen('gone')} />
			<Facts rows={rows} />
			{open === 'renew' && <TokenUpload renewing={location} onDone={() => setOpen(null)} />}
			{open === 'sync' && <SyncDialog chosen={{ location: location.id }} onClose={() => setOpen(null)} onStarted={started} />}
			{open === 'gone' && <Disconnect location={location} onClose={() => setOpen(null)} />}
		</Panel>
	);
}

export function ChannelPanel({ location }: { location: Location }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const mayChange = useMay('admin');
	const [value, setValue] = useState<MessageChannel>(location.message_channel);
	const save = useMutation({
		mutationFn: () => body(api.PATCH('/api/v1/locations/{id}', { params: { path: { id: location.id } }, body: { message_channel: value } })),
		onSuccess: () => {
			toast(t('toast.saved'));
			void client.invalidateQueries({ queryKey: ['locations'] });
		},
	});
	const dirty = value !== location.message_channel;
	return (
		<Panel title={t('channel.title')} foot={mayChange && <SaveFoot what={t('channel.title')} dirty={dirty} busy={save.isPending} onSave={() => save.mutate()} />}>
			<Choices name="channel" label={t('channel.legend')} value={value} onChange={setValue} isDisabled={!mayChange} choices={[
				{ value: 'notification', label: t('channel.notification'), help: t('channel.notification_help') },
				{ value: 'email', label: t('channel.email'), help: t('channel.email_help') },
				{ value: 'notification_else_email', label: t('channel.both'), help: t('channel.both_help') },
			]} />
			{save.error && <Trouble error={save.error} />}
		</Panel>
	);
}

/** Manage the location, or only look: then nothing is written at Apple. */
export function ModePanel({ location }: { location: Location }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const mayChange = useMay('admin');
	const [value, setValue] = useState(location.mode);
	const save = useMutation({
		mutationFn: () => body(api.PUT('/api/v1/locations/{id}/mode', { params: { path: { id: location.id } }, body: { mode: value } })),
		onSuccess: () => {
			toast(t('toast.saved'));
			void client.invalidateQueries({ queryKey: ['locations'] });
			void client.invalidateQueries({ queryKey: ['problems'] });
		},
	});
	return (
		<Panel title={t('mode.title')} foot={mayChange && <SaveFoot what={t('mode.title')} dirty={value !== location.mode} busy={save.isPending} onSave={() => save.mutate()} />}>
			<Choices name="location-mode" label={t('mode.legend')} value={value} onChange={setValue} isDisabled={!mayChange} choices={[
				{ value: 'manage', label: t('mode.manage'), help: t('mode.manage_help') },
				{ value: 'observe', label: t('mode.observe'), help: t('mode.observe_help') },
			]} />
			{save.error && <Trouble error={save.error} level="h3" />}
		</Panel>
	);
}
