// Small local outcomes: "Saved". Never the only place of an error. Also the page's one polite live region.
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';
import { Alert, AlertActionCloseButton, AlertGroup } from '@patternfly/react-core';
import { t } from '../lib/i18n';

interface Toast { id: number; text: string; action?: ReactNode }
interface Says { toast: (text: string, action?: ReactNode) => void; announce: (text: string) => void }

const Context = createContext<Says>({ toast: () => undefined, announce: () => undefined });
const TOAST_MS = 8000;
const QUIET_MS = 500;

export function useSays(): Says {
	return useContext(Context);
}

export function ToastRoot({ children }: { children: ReactNode }) {
	const [toasts, setToasts] = useState<Toast[]>([]);
	const [spoken, setSpoken] = useState('');
	const next = useRef(1);
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	const drop = useCallback((id: number) => setToasts((all) => all.filter((one) => one.id !== id)), []);
	const toast = useCallback((text: string, action?: ReactNode) => {
		const id = next.current++;
		setToasts((all) => [...all.slice(-2), { id, text, action }]);
	}, []);
	const announce = useCallback((text: string) => {
		clearTimeout(timer.current);
		timer.current = setTimeout(() => setSpoken(text), QUIET_MS);
	}, []);
	const says = useMemo(() => ({ toast, announce }), [toast, announce]);
	return (
		<Context.Provider value={says}>
			{children}
			<div aria-live="polite" className="pf-v6-screen-reader">{spoken}</div>
			<AlertGroup isToast isLiveRegion aria-label={t('toast.label')}>
				{toasts.map((one) => (
					<Alert key={one.id} variant="success" title={one.text} component="p" timeout={TOAST_MS} onTimeout={() => drop(one.id)}
						actionLinks={one.action} actionClose={<AlertActionCloseButton title={one.text} onClose={() => drop(one.id)} />} />
				))}
			</AlertGroup>
		</Context.Provider>
	);
}
