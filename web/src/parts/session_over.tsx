// The question for the password over whatever page or dialog is open: when the session has ended, or just before it must.
import { Modal, ModalBody, ModalHeader } from '@patternfly/react-core';
import type { Session } from '../lib/api';
import { t } from '../lib/i18n';
import { SignInForm } from '../pages/entry';
import { useStayVisible } from './stay_visible';

function Question({ name, onDone }: { name: string | undefined; onDone: (session: Session) => void }) {
	const inside = useStayVisible();
	return (
		<div ref={inside} className="pomona-stack">
			<p>{t('session.ended_words')}</p>
			<SignInForm onDone={onDone} name={name} />
		</div>
	);
}

export default function SessionOver({ name, isEarly, onDone }: { name: string | undefined; isEarly: boolean; onDone: (session: Session) => void }) {
	return (
		<Modal isOpen variant="small" aria-labelledby="session-ended">
			<ModalHeader title={t(isEarly ? 'session.again' : 'session.ended')} labelId="session-ended" />
			<ModalBody><Question name={name} onDone={onDone} /></ModalBody>
		</Modal>
	);
}
