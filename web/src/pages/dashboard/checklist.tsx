// What is not set up yet and why it matters, until all of it is or the list is put away.
import { Button, Progress } from '@patternfly/react-core';
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import CircleIcon from '@patternfly/react-icons/dist/esm/icons/outlined-circle-icon';
import { Link } from 'wouter';
import { t } from '../../lib/i18n';
import { useDismissed } from '../../lib/preferences';
import { useFirstSteps } from '../../lib/first_steps';
import { Panel } from '../../parts/card';

export function Checklist() {
	const steps = useFirstSteps();
	const [away, put] = useDismissed('first_steps');
	if (!steps || away !== false) return null;
	const open = steps.filter((step) => !step.done).length;
	if (open === 0) return null;
	return (
		<Panel title={t('first.title')} actions={<Button variant="link" onClick={() => put(true)}>{t('first.hide')}</Button>}
			foot={<Link to="/setup" className="pf-v6-c-button pf-m-primary">{t(open === steps.length ? 'first.start' : 'first.go_on')}</Link>}>
			<Progress aria-label={t('first.title')} value={steps.length - open} max={steps.length} valueText={t('first.left', { count: open })} label={t('first.left', { count: open })} size="sm" />
			<ol className="pomona-steps pomona-columns">
				{steps.map((step) => (
					<li key={step.key} data-step={step.key} data-done={step.done || undefined}>
						<span className={step.done ? 'pomona-tick' : 'pomona-muted'}>{step.done ? <CheckCircleIcon /> : <CircleIcon />}</span>
						<div>
							{step.done ? <span>{t(`first.${step.key}`)} <span className="pf-v6-screen-reader">{t('first.done')}</span></span> : <Link to={step.to}>{t(`first.${step.key}`)}</Link>}
							{!step.done && <div className="pomona-muted pomona-small">{t(`first.${step.key}_why`)}</div>}
						</div>
					</li>
				))}
			</ol>
		</Panel>
	);
}
