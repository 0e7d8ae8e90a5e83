// Watches over the session: the warning before it ends, the question for the password once it has.
import { lazy, Suspense, useEffect, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { Session } from '../lib/api';
import { sessionQuery } from '../lib/queries';
import { onNews, tellTabs } from '../lib/session_news';
import type { End } from './session_warning';

const dialogs = () => import('./frame_dialogs');
const SessionOver = lazy(() => dialogs().then((all) => ({ default: all.SessionOver })));
const SessionWarning = lazy(() => dialogs().then((all) => ({ default: all.SessionWarning })));

const WARN_MS = 120_000;
const LONGEST_MS = 2 ** 31 - 1; // of a timer

/** The session's end when it is less than two minutes away, by this browser's clock. Another tab may have extended it: before a
 * word is said, the server is asked. */
function useNearEnd(): End | null {
	const { data, dataUpdatedAt, refetch } = useQuery(sessionQuery);
	const ends = data?.ends ?? null;
	const at = ends ? dataUpdatedAt + ends.in_ms : 0;
	const isNear = at > 0 && at - dataUpdatedAt <= WARN_MS;
	useEffect(() => {
		if (at === 0) return undefined;
		const left = at - Date.now() - (isNear ? 0 : WARN_MS - 500);
		const timer = setTimeout(() => void refetch(), Math.min(LONGEST_MS, Math.max(500, left)));
		return () => clearTimeout(timer);
	}, [at, isNear, refetch]);
	useEffect(() => onNews(() => void refetch()), [refetch]);
	return isNear && ends ? { at, canExtend: ends.can_extend } : null;
}

export function SessionWatch({ name, isOver, onSession, onSignOut }: {
	name: string | undefined; isOver: boolean; onSession: (next: Session) => void; onSignOut: () => void;
}) {
	const end = useNearEnd();
	const [choice, setChoice] = useState<'again' | 'later' | null>(null);
	const isNear = end !== null;
	useEffect(() => { if (!isNear) setChoice(null); }, [isNear]);
	const take = (next: Session) => {
		onSession(next);
		tellTabs();
	};
	if (isOver || choice === 'again') return <Suspense><SessionOver name={name} isEarly={!isOver} onDone={take} /></Suspense>;
	if (!end || choice === 'later') return null;
	return <Suspense><SessionWarning end={end} onStay={take} onAgain={() => setChoice('again')} onLater={() => setChoice('later')} onSignOut={onSignOut} /></Suspense>;
}
