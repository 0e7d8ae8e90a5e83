// The accessibility statement: what is aimed at, how that is tested, what is not known yet, and what to do when something fails.
import { t } from '../../lib/i18n';
import { Panel } from '../../parts/card';
import { Page } from '../../parts/page';

const TESTED = ['axe', 'keyboard', 'zoom', 'spacing', 'colours', 'motion'] as const;

export default function Accessibility() {
	return (
		<Page title={t('about.accessibility')} crumbs={[{ text: t('about.title'), to: '/about' }]} intro={t('access.aim')}>
			<Panel title={t('access.tested')} className="pomona-narrow">
				<ul className="pomona-list pomona-bullets">{TESTED.map((one) => <li key={one}>{t(`access.tested.${one}`)}</li>)}</ul>
			</Panel>
			<Panel title={t('access.helps')} className="pomona-narrow">
				<ul className="pomona-list pomona-bullets">{(['keys', 'time', 'pause', 'theme'] as const).map((one) => <li key={one}>{t(`access.helps.${one}`)}</li>)}</ul>
			</Panel>
			<Panel title={t('access.limits')} className="pomona-narrow"><p>{t('access.limits_words')}</p></Panel>
			<Panel title={t('access.report')} className="pomona-narrow"><p>{t('access.report_words')}</p></Panel>
		</Page>
	);
}
