import type { ReactNode } from 'react';
import { Card, CardBody, CardFooter, CardHeader, CardTitle } from '@patternfly/react-core';
import { t } from '../lib/i18n';
import { useUnsaved } from '../lib/unsaved';
import { ActButton } from './act_button';
import { Loading, ReadTrouble } from './states';

/** A titled card with actions at its head and, when it can be saved, a foot. */
export function Panel({ title, actions, foot, children, id, className }: {
	title: string; actions?: ReactNode; foot?: ReactNode; children: ReactNode; id?: string; className?: string;
}) {
	return (
		<Card id={id} component="section" aria-label={title} className={className}>
			<CardHeader actions={actions ? { actions, hasNoOffset: true } : undefined}>
				<CardTitle component="h2">{title}</CardTitle>
			</CardHeader>
			<CardBody className="pomona-stack">{children}</CardBody>
			{foot && <CardFooter className="pomona-row">{foot}</CardFooter>}
		</Card>
	);
}

interface Read<T> { data: T | undefined; error: unknown; dataUpdatedAt: number; refetch: () => unknown }

/** A card of one answer: what it shows while it waits, when it fails, and then. The rest of the page does not wait for it. */
export function ReadPanel<T>({ read, rows = 3, children, ...panel }: {
	read: Read<T>; rows?: number; title: string; actions?: ReactNode; className?: string; children: (data: T) => ReactNode;
}) {
	return (
		<Panel {...panel}>
			<ReadTrouble read={read} level="h3" />
			{read.data !== undefined ? children(read.data) : !read.error && <Loading label={panel.title} rows={rows} />}
		</Panel>
	);
}

/** The foot of a card that saves by itself; `what` names the card when one leaves without saving. */
export function SaveFoot({ what, dirty, busy, onSave }: { what: string; dirty: boolean; busy: boolean; onSave: () => void }) {
	useUnsaved(what, dirty);
	return (
		<>
			<ActButton variant={dirty ? 'primary' : 'secondary'} isLoading={busy} isDisabled={busy} onClick={onSave}>{t('dialog.save')}</ActButton>
			{dirty && <span className="pomona-muted">{t('setting.not_saved')}</span>}
		</>
	);
}
