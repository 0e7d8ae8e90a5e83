// The bell: how many jobs run, and a drawer with those and the last ones that ended. What ended since the last look is counted.
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Badge, Button } from '@patternfly/react-core';
import BellIcon from '@patternfly/react-icons/dist/esm/icons/bell-icon';
import { useLocation } from 'wouter';
import { useEndedJobs, useRunningJobs } from '../lib/events';
import { t } from '../lib/i18n';

const Drawer = lazy(() => import('./bell_drawer'));

export function Bell() {
	const [path] = useLocation();
	const [open, setOpen] = useState(false);
	const [seen, setSeen] = useState(0);
	const button = useRef<HTMLButtonElement>(null);
	const running = useRunningJobs().length;
	const ended = useEndedJobs();
	useEffect(() => setOpen(false), [path]);
	useEffect(() => {
		if (open) setSeen(ended); // what ends while one looks is seen
	}, [open, ended]);
	const close = () => {
		setOpen(false);
		button.current?.focus();
	};
	const news = ended - seen;
	const words = [t('bell.label'), running > 0 && t('nav.jobs_running', { count: running }), news > 0 && t('bell.ended', { count: news })].filter(Boolean).join(', ');
	return (
		<>
			<Button ref={button} variant="plain" className="pomona-bell" aria-label={words} aria-expanded={open} onClick={() => setOpen(!open)}
				icon={<><BellIcon />{running + news > 0 && <Badge isRead={running === 0}>{running || news}</Badge>}</>} />
			{open && <Suspense><Drawer onClose={close} /></Suspense>}
		</>
	);
}
