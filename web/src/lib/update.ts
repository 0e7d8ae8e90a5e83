// Was the portal updated since this tab was opened? Then the server's page names another script than the one that runs here.
import { useSyncExternalStore } from 'react';

const EVERY_MS = 300_000;
const listeners = new Set<() => void>();
let updated = false;
let asked = Date.now();

function ourScript(): string {
	const script = document.querySelector<HTMLScriptElement>('script[type="module"]');
	return script ? new URL(script.src).pathname : '';
}

/** The build that runs in this tab: the hash in the name of its script. */
export function buildName(): string {
	return /-(\w+)\.js$/.exec(ourScript())?.[1] ?? '';
}

/** Asked when the server comes back, and now and then when the tab is looked at. */
export async function lookForUpdate() {
	if (updated) return;
	asked = Date.now();
	try {
		const answer = await fetch('/', { headers: { Accept: 'text/html' }, cache: 'no-store' });
		if (!answer.ok || (await answer.text()).includes(ourScript())) return;
		updated = true;
		for (const listener of listeners) listener();
	} catch {
		// the server is not there; it is asked again when it is
	}
}

document.addEventListener('visibilitychange', () => {
	if (document.visibilityState === 'visible' && Date.now() - asked > EVERY_MS) void lookForUpdate();
});

export function useUpdated(): boolean {
	return useSyncExternalStore((listener) => {
		listeners.add(listener);
		return () => listeners.delete(listener);
	}, () => updated);
}
