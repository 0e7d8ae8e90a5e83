// The three actions on VPP users, by the names that the whole field uses: one row of buttons, one dialog each. On a
// telephone they stand in one menu at the bottom, only while there is somebody to act on.
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Button, Dropdown, DropdownItem, DropdownList, MenuToggle, Tooltip } from '@patternfly/react-core';
import type { components } from '../lib/schema';
import type { Job } from '../lib/api';
import { useConnection } from '../lib/connection';
import { askedJob } from '../lib/events';
import { t } from '../lib/i18n';
import { useNarrow } from '../lib/narrow';
import { useMay } from '../lib/session';
import { addStrip } from './job_strip';
import { useSays } from './toasts';

// Loaded when the first of them is opened, or a moment before: when a button has the pointer or the focus.
const dialogs = () => import('./vpp_dialogs');
const ActionDialog = lazy(() => dialogs().then((all) => ({ default: all.ActionDialog })));
const SyncDialog = lazy(() => dialogs().then((all) => ({ default: all.SyncDialog })));
const comeNear = () => void dialogs();

export type Verb = 'invite' | 'delete' | 'sync';
export const VERBS: readonly Verb[] = ['invite', 'sync', 'delete'];
export type SelectionBody = components['schemas']['Selection'];

/** What the dialogs work on; `count` is what the admin saw when pressing the button. `everyone`: it is all users there are, whom a sync of the
 * whole location brings in step without naming each of them. */
export interface Chosen { selection: SelectionBody; count: number; location: number | undefined; everyone?: boolean }

export interface WhyNot { invite?: string; delete?: string; sync?: string }

/** The dialog of an action, and what opens it. */
export function useVppDialog(onStarted: (job: Job) => void): { start: (verb: Verb, chosen: Chosen) => void; dialog: ReactNode } {
	const [open, setOpen] = useState<{ verb: Verb; chosen: Chosen } | null>(null);
	const { announce } = useSays();
	const close = () => setOpen(null);
	const started = (job: Job, verb: Verb) => {
		askedJob(job);
		addStrip(job.id);
		close();
		announce(t('vpp.started', { action: t(`job.kind.${verb}`) }));
		onStarted(job);
	};
	return {
		start: (verb, chosen) => setOpen({ verb, chosen }),
		dialog: open && (
			<Suspense>
				{open.verb === 'sync'
					? <SyncDialog chosen={open.chosen.everyone ? { location: open.chosen.location } : open.chosen} onClose={close} onStarted={(job) => started(job, 'sync')} />
					: <ActionDialog verb={open.verb} chosen={open.chosen} onClose={close} onStarted={(job) => started(job, open.verb)} />}
			</Suspense>
		),
	};
}

interface Acts { chosen: Chosen | null; why: WhyNot; nobody?: string; label: string; onAct: (verb: Verb) => void }

/** Why an action cannot be pressed now; undefined: it can. */
function useReasons({ chosen, why, nobody }: Acts): (verb: Verb) => string | undefined {
	const may = useMay('operator');
	const { reachable } = useConnection();
	return (verb) => (!reachable ? t('frame.no_writes') : !may ? t('vpp.role') : !chosen ? nobody ?? t('vpp.select_first') : why[verb]);
}

function Buttons(acts: Acts) {
	const { announce } = useSays();
	const reasonOf = useReasons(acts);
	return (
		<div className="pomona-actions" role="toolbar" aria-label={acts.label} onPointerEnter={comeNear} onFocus={comeNear}>
			{VERBS.map((verb) => {
				const reason = reasonOf(verb);
				const danger = verb === 'delete';
				// One form whether it can be pressed or not: the button that has the focus stays the same.
				return (
					<Tooltip key={verb} content={reason ?? ''} aria="none" {...(reason ? {} : { trigger: 'manual', isVisible: false })}>
						<Button variant={verb === 'invite' ? 'primary' : 'secondary'} isDanger={danger} isAriaDisabled={Boolean(reason)} data-action={verb} data-shortcut={verb}
							className={danger ? 'pomona-apart' : undefined} inoperableEvents={[]} aria-description={reason} onClick={() => (reason ? announce(reason) : acts.onAct(verb))}>{t(`job.kind.${verb}`)}</Button>
					</Tooltip>
				);
			})}
		</div>
	);
}

export function ActionItems({ reasonOf, onAct }: { reasonOf: (verb: Verb) => string | undefined; onAct: (verb: Verb) => void }) {
	return VERBS.map((verb) => {
		const reason = reasonOf(verb);
		return (
			<DropdownItem key={verb} isDanger={verb === 'delete'} isAriaDisabled={Boolean(reason)} description={reason} onClick={() => !reason && onAct(verb)}>{t(`job.kind.${verb}`)}</DropdownItem>
		);
	});
}

function Menu(acts: Acts) {
	const [open, setOpen] = useState(false);
	const reasonOf = useReasons(acts);
	if (!acts.chosen) return null;
	return (
		<div className="pomona-bottom" role="toolbar" aria-label={acts.label}>
			<Dropdown isOpen={open} onOpenChange={setOpen} onSelect={() => setOpen(false)} shouldFocusToggleOnSelect shouldFocusFirstItemOnOpen popperProps={{ direction: 'up', appendTo: 'inline' }}
				toggle={(ref) => <MenuToggle ref={ref} variant="primary" isFullWidth isExpanded={open} onClick={() => setOpen(!open)}>{t('vpp.actions_of', { count: acts.chosen?.count ?? 0 })}</MenuToggle>}>
				<DropdownList><ActionItems reasonOf={reasonOf} onAct={acts.onAct} /></DropdownList>
			</Dropdown>
		</div>
	);
}

/** `nobody`: why there is nobody to act on, when it is not that none was selected. */
export function VppActions({ chosen, why, nobody, onStarted, label }: {
	chosen: Chosen | null; why: WhyNot; nobody?: string; onStarted: (job: Job) => void; label: string;
}) {
	const { start, dialog } = useVppDialog(onStarted);
	const narrow = useNarrow();
	const acts: Acts = { chosen, why, nobody, label, onAct: (verb) => chosen && start(verb, chosen) };
	return <>{narrow ? <Menu {...acts} /> : <Buttons {...acts} />}{dialog}</>;
}
