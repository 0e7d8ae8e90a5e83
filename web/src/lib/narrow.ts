// Is the window as narrow as a telephone?
import { useSyncExternalStore } from 'react';

const telephone = window.matchMedia('(max-width: 767px)');

function subscribe(listener: () => void) {
	telephone.addEventListener('change', listener);
	return () => telephone.removeEventListener('change', listener);
}

export function useNarrow(): boolean {
	return useSyncExternalStore(subscribe, () => telephone.matches);
}
