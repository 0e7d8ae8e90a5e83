// States as shape + word + colour, never colour alone.
import type { ReactElement } from 'react';
import { Label, Tooltip } from '@patternfly/react-core';
import ArrowCircleRightIcon from '@patternfly/react-icons/dist/esm/icons/arrow-circle-right-icon';
import BanIcon from '@patternfly/react-icons/dist/esm/icons/ban-icon';
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import ExclamationCircleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon';
import ExclamationTriangleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon';
import HourglassHalfIcon from '@patternfly/react-icons/dist/esm/icons/hourglass-half-icon';
import IdCardIcon from '@patternfly/react-icons/dist/esm/icons/id-card-icon';
import ListIcon from '@patternfly/react-icons/dist/esm/icons/list-icon';
import MinusCircleIcon from '@patternfly/react-icons/dist/esm/icons/minus-circle-icon';
import OutlinedClockIcon from '@patternfly/react-icons/dist/esm/icons/outlined-clock-icon';
import PaperPlaneIcon from '@patternfly/react-icons/dist/esm/icons/paper-plane-icon';
import PlayIcon from '@patternfly/react-icons/dist/esm/icons/play-icon';
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon';
import { t, tMaybe } from '../lib/i18n';

type Color = 'blue' | 'green' | 'orange' | 'grey' | 'red' | 'yellow';
interface Look { color: Color; icon: ReactElement; outline?: boolean }

const VPP: Record<string, Look> = {
	none: { color: 'grey', icon: <MinusCircleIcon /> },
	requested: { color: 'blue', icon: <ArrowCircleRightIcon />, outline: true },
	registered: { color: 'yellow', icon: <IdCardIcon />, outline: true },
	invited: { color: 'yellow', icon: <PaperPlaneIcon /> },
	associated: { color: 'green', icon: <CheckCircleIcon /> },
	removing: { color: 'blue', icon: <ArrowCircleRightIcon />, outline: true },
	removed: { color: 'grey', icon: <BanIcon />, outline: true },
	checking: { color: 'blue', icon: <SearchIcon />, outline: true },
};

const JOB: Record<string, Look> = {
	waiting: { color: 'grey', icon: <HourglassHalfIcon /> },
	running: { color: 'blue', icon: <PlayIcon /> },
	paused: { color: 'blue', icon: <OutlinedClockIcon />, outline: true },
	planned: { color: 'blue', icon: <ListIcon />, outline: true },
	done: { color: 'green', icon: <CheckCircleIcon /> },
	partial: { color: 'orange', icon: <ExclamationTriangleIcon /> },
	failed: { color: 'red', icon: <ExclamationCircleIcon /> },
	cancelled: { color: 'grey', icon: <BanIcon />, outline: true },
	superseded: { color: 'grey', icon: <BanIcon />, outline: true },
};

const ITEM: Record<string, Look> = {
	planned: { color: 'grey', icon: <ListIcon />, outline: true },
	intended: { color: 'blue', icon: <ArrowCircleRightIcon />, outline: true },
	accepted: { color: 'blue', icon: <ArrowCircleRightIcon /> },
	unknown: { color: 'blue', icon: <SearchIcon />, outline: true },
	held: { color: 'orange', icon: <HourglassHalfIcon />, outline: true },
	done: { color: 'green', icon: <CheckCircleIcon /> },
	failed: { color: 'red', icon: <ExclamationCircleIcon /> },
	not_needed: { color: 'grey', icon: <CheckCircleIcon />, outline: true },
	cancelled: { color: 'grey', icon: <BanIcon />, outline: true },
	skipped: { color: 'grey', icon: <MinusCircleIcon />, outline: true },
};

const MESSAGE: Record<string, Look> = {
	waiting: { color: 'grey', icon: <HourglassHalfIcon /> },
	sending: { color: 'blue', icon: <ArrowCircleRightIcon />, outline: true },
	sent: { color: 'green', icon: <PaperPlaneIcon /> },
	failed: { color: 'red', icon: <ExclamationCircleIcon /> },
	not_sent: { color: 'red', icon: <ExclamationCircleIcon /> },
	unknown: { color: 'blue', icon: <SearchIcon />, outline: true },
	replaced: { color: 'grey', icon: <BanIcon />, outline: true },
};

const UNKNOWN: Look = { color: 'grey', icon: <MinusCircleIcon />, outline: true };

function Badge({ look, text }: { look: Look | undefined; text: string }) {
	const { color, icon, outline } = look ?? UNKNOWN;
	return <Label isCompact color={color} icon={icon} variant={outline ? 'outline' : 'filled'}>{text}</Label>;
}

export function VppBadge({ state }: { state: string }) {
	return <Badge look={VPP[state]} text={tMaybe(`vpp.${state}`, state)} />;
}

/** A finished job with failures is partial: amber, never green. */
export function jobLook(job: { state: string; superseded?: boolean; failed: number; done: number; wait?: { until?: string | null; reason?: string | null } | null }): string {
	if (job.superseded) return 'superseded';
	if (job.state === 'done' && job.failed > 0) return job.done > 0 ? 'partial' : 'failed';
	if ((job.state === 'running' || job.state === 'waiting') && job.wait?.reason) return 'paused';
	return job.state;
}

export function JobBadge({ job }: { job: Parameters<typeof jobLook>[0] }) {
	const look = jobLook(job);
	return <Badge look={JOB[look]} text={tMaybe(`job.state.${look}`, look)} />;
}

export function ItemBadge({ state }: { state: string }) {
	return <Badge look={ITEM[state]} text={tMaybe(`item.state.${state}`, state)} />;
}

export function MessageBadge({ state }: { state: string }) {
	return <Badge look={MESSAGE[state]} text={tMaybe(`message.state.${state}`, state)} />;
}

export function ActiveBadge({ active }: { active: boolean }) {
	return <Badge look={active ? { color: 'green', icon: <CheckCircleIcon /> } : { color: 'grey', icon: <BanIcon /> }} text={active ? t('person.active') : t('person.inactive')} />;
}

/** Token health by days left: more than 60 green, more than 7 orange, else red. */
export function TokenBadge({ state, daysLeft }: { state: string; daysLeft: number }) {
	if (state !== 'valid' && state !== 'expiring') return <Badge look={JOB.failed} text={tMaybe(`token.state.${state}`, state)} />;
	const look = state === 'valid' ? JOB.done : daysLeft > 7 ? JOB.partial : JOB.failed;
	return <Badge look={look} text={t('token.days_left', { count: daysLeft })} />;
}

/** A mark beside a state: the last action failed, and why. */
export function FailedMark({ reason }: { reason: string }) {
	return (
		<Tooltip content={reason}>
			<button type="button" className="pomona-mark" aria-label={t('vpp.failed_mark', { reason })}><ExclamationCircleIcon /></button>
		</Tooltip>
	);
}
