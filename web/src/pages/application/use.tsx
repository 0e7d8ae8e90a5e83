// How many licences of an app are in use: in words, and amber or red when they run out.
import { Label } from '@patternfly/react-core';
import { nameOf, type Asset } from '../../lib/assets';
import { t } from '../../lib/i18n';
import { UseBar, useColor } from '../../parts/use_bar';

export function Use({ asset }: { asset: Asset }) {
	if (asset.total === null || asset.available === null) return <span className="pomona-muted">{t('asset.unlimited')}</span>;
	const used = asset.total - asset.available;
	const color = useColor(used, asset.total);
	const left = asset.available === 0 ? t('asset.none_left') : t('asset.left', { count: asset.available });
	return (
		<>
			{color === 'blue' ? left : <Label isCompact color={color} variant="outline">{left}</Label>}
			<UseBar used={used} total={asset.total} label={nameOf(asset)} />
		</>
	);
}
