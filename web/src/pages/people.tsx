import { Page } from '../parts/page';
import { t } from '../lib/i18n';

export default function Missing(_props: { id?: number }) {
	return <Page title={t('app.name')}><p /></Page>;
}
