// What this is, in which version, and the words that the pages use.
import { Link } from 'wouter';
import { t, type TextKey } from '../../lib/i18n';
import { useSession } from '../../lib/session';
import { buildName } from '../../lib/update';
import { Panel } from '../../parts/card';
import { Copy } from '../../parts/copy';
import { Facts } from '../../parts/facts';
import { Page } from '../../parts/page';

const WORDS = ['user', 'vpp_user', 'location', 'token', 'invitation', 'job', 'finding'] as const;
const PAGES: [string, TextKey][] = [['/setting/apple-errors', 'error.title'], ['/about/accessibility', 'about.accessibility'], ['/about/licences', 'about.licences']];

export default function About() {
	const version = useSession()?.version ?? '';
	return (
		<Page title={t('about.title')} intro={t('about.intro')}>
			<div className="pomona-panels">
				<Panel title={t('about.this')}>
					<Facts rows={[[t('about.version'), <Copy key="v" text={version} what={t('about.version')} mono />], [t('about.build'), <Copy key="b" text={buildName()} what={t('about.build')} mono />]]} />
					<p className="pomona-muted">{t('about.version_words')}</p>
				</Panel>
				<Panel title={t('about.more')}>
					<ul className="pomona-plain">{PAGES.map(([to, key]) => <li key={to}><Link to={to}>{t(key)}</Link></li>)}</ul>
				</Panel>
			</div>
			<Panel title={t('about.care')}>
				<Facts rows={[[t('about.disk'), t('about.disk_words')], [t('about.clock'), t('about.clock_words')]]} />
			</Panel>
			<Panel title={t('about.words')}>
				<Facts rows={WORDS.map((word) => [t(`about.word.${word}`), t(`about.means.${word}`)])} />
			</Panel>
		</Page>
	);
}
