// A text with a button that copies it.
import { Button } from '@patternfly/react-core';
import CopyIcon from '@patternfly/react-icons/dist/esm/icons/copy-icon';
import { t } from '../lib/i18n';
import { useSays } from './toasts';

/** The clipboard is closed to pages without TLS: there the old way does. */
export async function copy(text: string): Promise<boolean> {
	if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
	const area = document.createElement('textarea');
	area.value = text;
	area.className = 'pomona-hidden-file';
	document.body.append(area);
	area.select();
	const done = document.execCommand('copy');
	area.remove();
	return done;
}

export function Copy({ text, what, mono = false }: { text: string; what: string; mono?: boolean }) {
	const { toast } = useSays();
	const press = () => void copy(text).then((done) => toast(done ? t('copy.done', { what }) : t('copy.refused')));
	return (
		<span className="pomona-copy">
			<bdi className={mono ? 'pomona-mono' : undefined}>{text}</bdi>
			<Button variant="plain" size="sm" hasNoPadding aria-label={t('copy.what', { what })} icon={<CopyIcon />} onClick={press} />
		</span>
	);
}
