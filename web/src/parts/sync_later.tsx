// The dialog of Sync VPP for pages that show it now and then: loaded when it is opened.
import { lazy, Suspense, type ComponentProps } from 'react';
import type { SyncDialog } from './sync_dialog';

const Dialog = lazy(() => import('./vpp_dialogs').then((all) => ({ default: all.SyncDialog })));

export function SyncLater(props: ComponentProps<typeof SyncDialog>) {
	return <Suspense><Dialog {...props} /></Suspense>;
}
