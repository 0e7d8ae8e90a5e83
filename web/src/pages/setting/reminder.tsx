// The day on which the content token ends, for the calendar of whoever renews it.
import { Button } from '@patternfly/react-core';
import type { Location } from '../../lib/api';
import { reminder } from '../../lib/calendar';
import { t } from '../../lib/i18n';
import { saveFile } from '../../lib/save_file';

const DAYS_BEFORE = [30, 7];

export function Reminder({ location }: { location: Location }) {
	const save = () => saveFile(`${location.name}.ics`, 'text/calendar', reminder({
		uid: `token-${location.apple_uid}-${location.token.expires_at.slice(0, 10)}@${window.location.hostname}`, date: location.token.expires_at,
		title: t('reminder.title', { location: location.name }), words: t('reminder.words'), url: `${window.location.origin}/setting/ios/vpp?location=${location.id}`, daysBefore: DAYS_BEFORE,
	}));
	return <Button variant="link" isInline onClick={save}>{t('reminder.save')}</Button>;
}
