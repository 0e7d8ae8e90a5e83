// The shortcuts of the portal: who listens, and their list.
import { lazy, Suspense, useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { t } from '../lib/i18n';
import { usePreferred } from '../lib/preferences';
import { listenToKeys } from '../lib/shortcuts';
import { useSays } from './toasts';

const List = lazy(() => import('./frame_dialogs').then((all) => ({ default: all.ShortcutList })));

let show: () => void = () => undefined;

/** Opens the list of shortcuts; for the menu. */
export function showShortcuts() {
	show();
}

export function Shortcuts() {
	const client = useQueryClient();
	const { announce } = useSays();
	const [{ single_keys: on }] = usePreferred();
	const [open, setOpen] = useState(false);
	useEffect(() => {
		show = () => setOpen(true);
		return () => { show = () => undefined; };
	}, []);
	useEffect(() => (on ? listenToKeys({
		'?': () => setOpen(true),
		r: () => {
			void client.invalidateQueries({ refetchType: 'active' });
			announce(t('keys.refreshed'));
		},
	}) : undefined), [on, client, announce]);
	return open && <Suspense><List onClose={() => setOpen(false)} /></Suspense>;
}
