// A dialog over another dialog.
import { useEffect, useRef } from 'react';

/** A dialog below this one hides everything beside itself from screen readers whenever it is drawn: take that back. */
export function useStayVisible() {
	const inside = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const host = inside.current?.closest('body > *');
		if (!host) return undefined;
		const show = () => {
			if (host.hasAttribute('aria-hidden')) host.removeAttribute('aria-hidden');
		};
		show();
		const watch = new MutationObserver(show);
		watch.observe(host, { attributes: true, attributeFilter: ['aria-hidden'] });
		return () => watch.disconnect();
	}, []);
	return inside;
}
