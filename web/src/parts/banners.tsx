// What concerns every page: no connection, an updated portal, and what keeps Pomona from its work. At most two of the last, then "more".
import { Banner, Button } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { setPaused, useConnection } from '../lib/connection';
import { t } from '../lib/i18n';
import { clockInWords } from '../lib/time';
import { reload } from '../lib/unsaved';
import { useUpdated } from '../lib/update';
import { When } from './when';
import { ProblemLink, problemSentence, problemsQuery, type OpenProblem } from './open_problems';

const MOST = 2;
const TOKEN_DAYS = 30;
const KINDS: OpenProblem['kind'][] = ['audit_broken', 'token_refused', 'token_revoked', 'taken_by_other', 'token_expiring', 'waiting_for_apple', 'mail_failing', 'disk_full', 'clock_wrong'];

function isForAll(one: OpenProblem): boolean {
	return KINDS.includes(one.kind) && (one.kind !== 'token_expiring' || (one.values.days_left ?? 0) <= TOKEN_DAYS);
}

/** One of the three at most: no server, no stream, or a stream that somebody does not want to see. */
function ConnectionBar() {
	const { reachable, live, paused, heardAt } = useConnection();
	if (!reachable) {
		return (
			<Banner color="yellow" className="pomona-banner">
				<span role="alert"><strong>{t('frame.offline')}</strong> {t('frame.offline_words', { time: clockInWords(heardAt) })}</span>
			</Banner>
		);
	}
	if (paused) return <Banner className="pomona-banner"><span role="status">{t('frame.paused')}</span> <Button variant="link" isInline onClick={() => setPaused(false)}>{t('menu.resume')}</Button></Banner>;
	if (!live) return <Banner className="pomona-banner"><span role="status">{t('frame.not_live')}</span></Banner>;
	return null;
}

export function Banners() {
	const [path] = useLocation();
	const updated = useUpdated();
	const onDashboard = path === '/dashboard'; // which has all of them
	const problems = (useQuery(problemsQuery).data ?? []).filter(isForAll);
	const more = problems.length - MOST;
	return (
		<>
			<ConnectionBar />
			{updated && <Banner color="blue" className="pomona-banner"><span role="status">{t('guard.updated')}</span> <Button variant="link" isInline onClick={reload}>{t('guard.reload')}</Button></Banner>}
			{!onDashboard && problems.slice(0, MOST).map((one) => (
				<Banner key={`${one.kind}-${one.location?.id ?? 0}`} status={one.severity === 'danger' ? 'danger' : 'warning'} className="pomona-banner" screenReaderText={t(`severity.${one.severity}`)} data-banner={one.kind}>
					{problemSentence(one)}{one.since && <span className="pomona-since"> ({t('open.since')} <When at={one.since} />)</span>} <ProblemLink one={one} />
				</Banner>
			))}
			{!onDashboard && more > 0 && <Banner className="pomona-banner"><Link to="/dashboard">{t('banner.more', { count: more })}</Link></Banner>}
		</>
	);
}
