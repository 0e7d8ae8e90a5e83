// The three actions on VPP users, by the names that the whole field uses: one row of buttons, one dialog each.
import { useState, type ReactNode } from 'react';
import { Button, Tooltip } from '@patternfly/react-core';
import type { components } from '../lib/schema';
import type { Job } from '../lib/api';
import { askedJob } from '../lib/events';
import { t } from '../lib/i18n';
import { useMay } from '../lib/session';
import { addStrip } from './job_strip';
import { SyncDialog } from './sync_dialog';
import { useSays } from './toasts';
import { ActionDialog } from './vpp_dialog';

export type Verb = 'invite' | 'delete' | 'sync';
export type SelectionBody = components['schemas']['Selection'];

/** What the dialogs work on; `count` is what the admin saw when pressing the button. */
export interface Chosen { selection: SelectionBody; count: number; location: number | undefined }

export interface WhyNot { invite?: string; delete?: string; sync?: string }

export function VppActions({ chosen, why, onStarted, label }: {
	chosen: Chosen | null; why: WhyNot; onStarted: (job: Job) => void; label: string;
}) {
	const [open, setOpen] = useState<{ verb: Verb; chosen: Chosen } | null>(null);
	const may = useMay('operator');
	const { announce } = useSays();
	const started = (job: Job, verb: Verb) => {
		askedJob(job);
		addStrip(job.id);
		setOpen(null);
		announce(t('vpp.started', { action: t(`job.kind.${verb}`) }));
		onStarted(job);
	};
	const button = (verb: Verb, variant: 'primary' | 'secondary' | 'danger', apart = false): ReactNode => {
		const reason = !may ? t('vpp.role') : !chosen ? t('vpp.select_first') : why[verb];
		const press = () => chosen && !reason && setOpen({ verb, chosen });
		const one = (
			<Button variant={variant === 'danger' ? 'secondary' : variant} isDanger={variant === 'danger'} isAriaDisabled={Boolean(reason)}
				className={apart ? 'pomona-apart' : undefined} onClick={press} data-action={verb}>{t(`job.kind.${verb}`)}</Button>
		);
		return reason ? <Tooltip key={verb} content={reason}>{one}</Tooltip> : <span key={verb} className={apart ? 'pomona-apart' : undefined}>{one}</span>;
	};
	return (
		<>
			<div className="pomona-actions" role="toolbar" aria-label={label}>
				{button('invite', 'primary')}
				{button('sync', 'secondary')}
				{button('delete', 'danger', true)}
			</div>
			{open && open.verb === 'sync' && <SyncDialog chosen={open.chosen} onClose={() => setOpen(null)} onStarted={(job) => started(job, 'sync')} />}
			{open && open.verb !== 'sync' && <ActionDialog verb={open.verb} chosen={open.chosen} onClose={() => setOpen(null)} onStarted={(job) => started(job, open.verb)} />}
		</>
	);
}
