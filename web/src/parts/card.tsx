import type { ReactNode } from 'react';
import { Button, Card, CardBody, CardFooter, CardHeader, CardTitle } from '@patternfly/react-core';
import { t } from '../lib/i18n';

/** A titled card with actions at its head and, when it can be saved, a foot. */
export function Panel({ title, actions, foot, children, id }: { title: string; actions?: ReactNode; foot?: ReactNode; children: ReactNode; id?: string }) {
	return (
		<Card id={id} component="section" aria-label={title}>
			<CardHeader actions={actions ? { actions, hasNoOffset: true } : undefined}>
				<CardTitle component="h2">{title}</CardTitle>
			</CardHeader>
			<CardBody className="pomona-stack">{children}</CardBody>
			{foot && <CardFooter className="pomona-row">{foot}</CardFooter>}
		</Card>
	);
}

/** The foot of a card that saves by itself. */
export function SaveFoot({ dirty, busy, onSave }: { dirty: boolean; busy: boolean; onSave: () => void }) {
	return (
		<>
			<Button variant="secondary" isLoading={busy} isDisabled={busy} onClick={onSave}>{t('dialog.save')}</Button>
			{dirty && <span className="pomona-muted">{t('setting.not_saved')}</span>}
		</>
	);
}
