// First-run set-up, step by step. What is done is read from the server, what was put off from the administrator's
// preferences: so it can be left at any point and taken up again, and nothing is asked twice.
import type { ReactNode } from 'react';
import { Button } from '@patternfly/react-core';
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import CircleIcon from '@patternfly/react-icons/dist/esm/icons/outlined-circle-icon';
import { Link, Redirect, useLocation } from 'wouter';
import { useFirstSteps, type StepKey } from '../../lib/first_steps';
import { t } from '../../lib/i18n';
import { usePreferences, useSetPreferences } from '../../lib/preferences';
import { useLocations } from '../../lib/queries';
import { useMay } from '../../lib/session';
import { JobStrips } from '../../parts/job_strip';
import { Page } from '../../parts/page';
import { Forbidden, Loading, Trouble } from '../../parts/states';
import { MessagesStep, OwnerStep, PeopleStep, ReadyStep, ScheduleStep, TokenStep } from './steps';

const STEPS = ['owner', 'token', 'schedule', 'messages', 'people', 'ready'] as const;
type Step = typeof STEPS[number];

/** What of the server's state makes a step done. */
const NEEDS: Record<Step, StepKey[]> = { owner: [], token: ['token'], schedule: ['schedule'], messages: ['smtp'], people: ['people', 'devices'], ready: ['sync'] };

const VIEW: Record<Step, () => ReactNode> = {
	owner: () => <OwnerStep />, token: () => <TokenStep />, schedule: () => <ScheduleStep />,
	messages: () => <MessagesStep />, people: () => <PeopleStep />, ready: () => <ReadyStep />,
};

const putOff = (step: Step) => `setup.${step}`;

function StepList({ now, done }: { now: Step; done: (step: Step) => boolean }) {
	return (
		<nav aria-label={t('wizard.steps')} className="pomona-wizard-nav">
			<ol>
				{STEPS.map((step) => (
					<li key={step}>
						<Link to={`/setup/${step}`} aria-current={step === now ? 'step' : undefined} data-done={done(step) || undefined}>
							<span className={done(step) ? 'pomona-tick' : 'pomona-muted'}>{done(step) ? <CheckCircleIcon /> : <CircleIcon />}</span>
							{t(`wizard.${step}`)}{done(step) && <span className="pf-v6-screen-reader"> {t('first.done')}</span>}
						</Link>
					</li>
				))}
			</ol>
		</nav>
	);
}

export default function Wizard({ step }: { step?: string }) {
	const [, go] = useLocation();
	const steps = useFirstSteps();
	const locations = useLocations();
	const away = usePreferences()?.dismissed ?? [];
	const setPreferences = useSetPreferences();
	const mayChange = useMay('admin');
	const done = (one: Step) => NEEDS[one].every((key) => steps?.find((each) => each.key === key)?.done);
	if (!mayChange) return <Page title={t('wizard.title')}><Forbidden least="admin" /></Page>;
	if (!steps) return <Page title={t('wizard.title')}>{locations.error ? <Trouble error={locations.error} again={() => void locations.refetch()} /> : <Loading label={t('state.loading')} rows={6} />}</Page>;
	const now = STEPS.find((one) => one === step);
	if (!now) return <Redirect to={`/setup/${STEPS.find((one) => !done(one) && !away.includes(putOff(one))) ?? 'ready'}`} replace />;
	const at = STEPS.indexOf(now);
	const next = STEPS[at + 1];
	const before = STEPS[at - 1];
	const forward = () => {
		if (!done(now) && !away.includes(putOff(now))) setPreferences({ dismissed: [...away, putOff(now)] });
		if (next) go(`/setup/${next}`);
	};
	return (
		<Page title={t('wizard.title')} intro={t('wizard.intro')} actions={<Link to="/dashboard" className="pf-v6-c-button pf-m-link">{t('wizard.leave')}</Link>}>
			<JobStrips />
			<div className="pomona-wizard">
				<StepList now={now} done={done} />
				<div className="pomona-stack pomona-grow">
					<div>
						<p className="pomona-muted pomona-small">{t('wizard.at', { at: at + 1, of: STEPS.length })}</p>
						<h2 className="pomona-step-title">{t(`wizard.${now}`)}</h2>
						<p className="pomona-muted pomona-narrow">{t(`wizard.${now}_words`)}</p>
					</div>
					{VIEW[now]()}
					<div className="pomona-row">
						{next && <Button variant={done(now) ? 'primary' : 'secondary'} onClick={forward}>{done(now) ? t('wizard.next') : t('wizard.skip')}</Button>}
						{!next && <Link to="/dashboard" className="pf-v6-c-button pf-m-primary">{t('wizard.finish')}</Link>}
						{before && <Button variant="link" onClick={() => go(`/setup/${before}`)}>{t('wizard.back')}</Button>}
						{next && !done(now) && <span className="pomona-muted pomona-small">{t('wizard.later')}</span>}
					</div>
				</div>
			</div>
		</Page>
	);
}
