// What a list or a card shows when it has no rows to show: loading, nothing there, an error.
import { useEffect, useState, type ReactNode } from 'react';
import { Alert, AlertActionLink, Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, Skeleton } from '@patternfly/react-core';
import { useConnection } from '../lib/connection';
import { t } from '../lib/i18n';
import type { Role } from '../lib/session';
import { asProblem } from '../lib/problem';
import { clockInWords } from '../lib/time';

/** True after a short while, so that quick answers do not flash a skeleton. */
function useLate(delay: number): boolean {
	const [late, setLate] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setLate(true), delay);
		return () => clearTimeout(timer);
	}, [delay]);
	return late;
}

export function Loading({ label, rows = 10 }: { label: string; rows?: number }) {
	const late = useLate(150);
	if (!late) return <div role="status" className="pf-v6-screen-reader">{label}</div>;
	return (
		<div role="status" className="pomona-stack">
			<span className="pf-v6-screen-reader">{label}</span>
			{Array.from({ length: rows }, (_, row) => <Skeleton key={row} width={`${100 - ((row * 7) % 30)}%`} />)}
		</div>
	);
}

export function Trouble({ error, again, title, level = 'h2' }: { error: unknown; again?: () => void; title?: string; level?: 'h2' | 'h3' }) {
	const problem = asProblem(error);
	const fields = problem.fields.filter((one) => one.detail !== problem.message && one.detail !== problem.detail);
	return (
		<Alert variant="danger" isInline component={level} title={title ?? problem.message}
			actionLinks={again && <AlertActionLink onClick={again}>{t('state.again')}</AlertActionLink>}>
			{title && <p>{problem.message}</p>}
			{problem.detail && problem.detail !== problem.message && problem.reason !== 'session.none' && <p>{problem.detail}</p>}
			{fields.length > 0 && (
				<ul className="pomona-list">{fields.map((one) => <li key={one.pointer + one.detail}>{one.detail}</li>)}</ul>
			)}
			{problem.apple === 'yes' && <p>{t('problem.apple_yes')}</p>}
			{problem.apple === 'unknown' && <p>{t('problem.apple_unknown')}</p>}
			{problem.trace && <p className="pomona-small pomona-muted">{t('state.trace', { trace: problem.trace })}</p>}
		</Alert>
	);
}

interface Read { data: unknown; error: unknown; dataUpdatedAt: number; refetch: () => unknown }

/** What could not be read, or could not be read again: then the old rows stay, and this says how old they are. */
export function ReadTrouble({ read, title, level }: { read: Read; title?: string; level?: 'h2' | 'h3' }) {
	const { reachable } = useConnection();
	if (!read.error) return null;
	const hasOld = read.data !== undefined;
	return (
		<>
			{(!hasOld || reachable) && <Trouble error={read.error} again={() => void read.refetch()} title={title} level={level} />}
			{hasOld && <p className="pomona-muted">{t('state.as_of', { time: clockInWords(read.dataUpdatedAt) })}</p>}
		</>
	);
}

export function Empty({ title, children, actions, level = 'h2' }: { title: string; children?: ReactNode; actions?: ReactNode; level?: 'h2' | 'h3' }) {
	return (
		<EmptyState titleText={title} headingLevel={level} variant="sm">
			{children && <EmptyStateBody>{children}</EmptyStateBody>}
			{actions && <EmptyStateFooter><EmptyStateActions>{actions}</EmptyStateActions></EmptyStateFooter>}
		</EmptyState>
	);
}

/** A page that this role may not open: which one may, and who gives it. */
export function Forbidden({ least }: { least: Exclude<Role, 'auditor'> }) {
	return <Empty title={t('forbidden.title')}>{t(`forbidden.${least}`)}</Empty>;
}

export function ClearFilters({ onClick }: { onClick: () => void }) {
	return <Button variant="link" onClick={onClick}>{t('list.clear_filters')}</Button>;
}
