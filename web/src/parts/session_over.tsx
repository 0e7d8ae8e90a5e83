// The question for the password over whatever page or dialog is open when the session ends.
import { useEffect, useRef } from 'react';
import { Modal, ModalBody, ModalHeader } from '@patternfly/react-core';
import type { Session } from '../lib/api';
import { t } from '../lib/i18n';
import { SignInForm } from '../pages/entry';

/** A dialog below this one hides everything beside itself from screen readers whenever it is drawn: take that back. */
function useStayVisible() {
	const inside = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const host = inside.current?.closest('body > *');
		if (!host) return undefined;
		const show = () => {
			if (host.hasAttribute('aria-hidden')) host.removeAttribute('aria-hidden');
		};
		show();
		const watch = new MutationObserver(show);
		watch.observe(host, { attributes: true, attributeFilter: ['aria-hidden'] });
		return () => watch.disconnect();
	}, []);
	return inside;
}

function Question({ name, onDone }: { name: string | undefined; onDone: (session: Session) => void }) {
	const inside = useStayVisible();
	return (
		<div ref={inside} className="pomona-stack">
			<p>{t('session.ended_words')}</p>
			<SignInForm onDone={onDone} name={name} />
		</div>
	);
}

export default function SessionOver({ name, onDone }: { name: string | undefined; onDone: (session: Session) => void }) {
	return (
		<Modal isOpen variant="small" aria-labelledby="session-ended">
			<ModalHeader title={t('session.ended')} labelId="session-ended" />
			<ModalBody><Question name={name} onDone={onDone} /></ModalBody>
		</Modal>
	);
}
