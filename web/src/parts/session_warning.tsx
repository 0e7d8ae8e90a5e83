// Two minutes before the session ends: stay, or sign out. The clock is for the eye; a screen reader hears four moments of it.
import { useEffect, useState } from 'react';
import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { api, body, type Session } from '../lib/api';
import { formatNumber, t } from '../lib/i18n';
import { holdPresence } from '../lib/presence';
import { Trouble } from './states';
import { useStayVisible } from './stay_visible';

const TICK_MS = 250;
const SPOKEN = [10, 30, 60];

function useSecondsTo(at: number): number {
	const left = () => Math.max(0, Math.ceil((at - Date.now()) / 1000));
	const [seconds, setSeconds] = useState(left);
	useEffect(() => {
		const timer = setInterval(() => setSeconds(left()), TICK_MS);
		return () => clearInterval(timer);
	}, [at]);
	return seconds;
}

export interface End { at: number; canExtend: boolean }

export default function SessionWarning({ end, onStay, onAgain, onLater, onSignOut }: {
	end: End; onStay: (session: Session) => void; onAgain: () => void; onLater: () => void; onSignOut: () => void;
}) {
	const seconds = useSecondsTo(end.at);
	const spoken = SPOKEN.find((one) => seconds <= one);
	useEffect(() => {
		holdPresence(true);
		return () => holdPresence(false);
	}, []);
	const stay = useMutation({ mutationFn: () => body(api.POST('/api/v1/session/extend', {})), onSuccess: onStay });
	const time = `${formatNumber(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
	const title = <><span aria-hidden="true" className="pomona-clock">{t('session.ends_in', { time })}</span><span className="pf-v6-screen-reader">{t('session.ends_soon')}</span></>;
	return (
		<Modal isOpen variant="small" role="alertdialog" aria-labelledby="session-ends" aria-describedby="session-ends-words" elementToFocus="#session-stay">
			<ModalHeader title={title} titleIconVariant="warning" labelId="session-ends" />
			<ModalBody><Words canExtend={end.canExtend} spoken={spoken} error={stay.error} /></ModalBody>
			<ModalFooter>
				{end.canExtend
					? <Button id="session-stay" isLoading={stay.isPending} isDisabled={stay.isPending} onClick={() => stay.mutate()}>{t('session.stay')}</Button>
					: <><Button id="session-stay" onClick={onAgain}>{t('session.again')}</Button><Button variant="secondary" onClick={onLater}>{t('session.later')}</Button></>}
				<Button variant="link" onClick={onSignOut}>{t('menu.sign_out')}</Button>
			</ModalFooter>
		</Modal>
	);
}

function Words({ canExtend, spoken, error }: { canExtend: boolean; spoken: number | undefined; error: Error | null }) {
	const inside = useStayVisible();
	return (
		<div ref={inside} className="pomona-stack">
			<p id="session-ends-words">{t(canExtend ? 'session.idle_words' : 'session.limit_words')}</p>
			{error && <Trouble error={error} />}
			<div role="status" className="pf-v6-screen-reader">{spoken !== undefined && t('session.seconds_left', { count: spoken })}</div>
		</div>
	);
}
