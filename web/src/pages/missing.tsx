import { Link } from 'wouter';
import { t } from '../lib/i18n';
import { Page } from '../parts/page';
import { Empty } from '../parts/states';

export default function Missing() {
	return (
		<Page title={t('missing.title')}>
			<Empty title={t('missing.words', { address: window.location.pathname })} actions={<Link to="/dashboard">{t('nav.dashboard')}</Link>} />
		</Page>
	);
}
