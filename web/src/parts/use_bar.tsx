// How much of something is used: a bar beside its numbers, amber when little is left and red when nothing is.
import { formatNumber, t } from '../lib/i18n';

/** Of this part on, what is left is said in amber. */
const SCARCE = 0.9;

export function useColor(used: number, total: number): 'blue' | 'orange' | 'red' {
	if (total > 0 && used >= total) return 'red';
	return total > 0 && used / total >= SCARCE ? 'orange' : 'blue';
}

export function UseBar({ used, total, label }: { used: number; total: number; label: string }) {
	const width = total > 0 ? Math.min(100, (used / total) * 100) : 0;
	return (
		<svg className="pomona-bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={t('bar.used', { name: label, used: formatNumber(used), total: formatNumber(total) })}>
			<rect x="0" y="0" width="100" height="6" className="pomona-bar-rest" />
			<rect x="0" y="0" width={width} height="6" className={`pomona-fill-${useColor(used, total)}`} stroke="none" />
		</svg>
	);
}
