import { useEffect, useState } from 'react';
import { useConnection } from '../lib/connection';
import { formatNumber, t } from '../lib/i18n';
import { When } from './when';

const TICK_MS = 1000;
const HOUR = 3600;

/** The time left until a moment, counted down: "0:42". Beyond an hour it is said as a time. */
export function Countdown({ until }: { until: string }) {
	const left = () => Math.max(0, Math.ceil((Date.parse(until) - Date.now()) / 1000));
	const { paused } = useConnection();
	const [seconds, setSeconds] = useState(left);
	useEffect(() => {
		setSeconds(left());
		if (paused) return undefined;
		const timer = setInterval(() => setSeconds(left()), TICK_MS);
		return () => clearInterval(timer);
	}, [until, paused]);
	if (seconds > HOUR || Number.isNaN(seconds)) return <When at={until} />;
	if (seconds === 0) return <>{t('job.any_moment')}</>;
	return <bdi className="pomona-clock" role="timer" aria-live="off">{`${formatNumber(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`}</bdi>;
}
