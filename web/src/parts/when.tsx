import { useEffect, useState } from 'react';
import { timeExact, timeInWords } from '../lib/time';

/** A moment: relative in the text, exact on hover and for machines. */
export function When({ at, none = '–' }: { at: string | null | undefined; none?: string }) {
	const [, setTick] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => setTick((tick) => tick + 1), 30_000);
		return () => clearInterval(timer);
	}, []);
	if (!at) return <span className="pomona-muted">{none}</span>;
	return <time dateTime={at} title={timeExact(at)}>{timeInWords(at)}</time>;
}
