// Is the server there, does it tell what moves, and does whoever looks want to see it move? Each tab finds out whether the server
// answers; whether the stream of events is up, the tab that reads it tells the others (lib/events.ts).
import { useSyncExternalStore } from 'react';

const PROBE_MS = 3000;
const PATIENCE_MS = 10_000;
const PAUSED = 'pomona.paused';

interface Connection { reachable: boolean; live: boolean; paused: boolean; heardAt: number }

let now: Connection = { reachable: true, live: true, paused: sessionStorage.getItem(PAUSED) !== null, heardAt: Date.now() };
let heardAt = Date.now();
let isProbing = false;
const listeners = new Set<() => void>();
const channel = new BroadcastChannel('pomona.connection');
let onBack: () => void = () => undefined;

function set(change: Partial<Connection>) {
	now = { ...now, ...change };
	for (const listener of listeners) listener();
}

/** The server answered, whatever it said. A proxy that answers for it does not count. */
export function heard(status: number) {
	if (status === 502 || status === 504) return doubt();
	heardAt = Date.now();
	return undefined;
}

async function probe() {
	let isThere = false;
	try {
		const { status } = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
		isThere = status !== 502 && status !== 504;
	} catch {
		// it is not there; the next turn tries again
	}
	if (!isThere) {
		if (now.reachable) set({ reachable: false, heardAt });
		setTimeout(() => void probe(), PROBE_MS);
		return;
	}
	isProbing = false;
	heardAt = Date.now();
	if (now.reachable) return;
	set({ reachable: true });
	onBack();
}

function look() {
	if (isProbing) return;
	isProbing = true;
	void probe();
}

/** A request had no answer: is the server gone? The other tabs want to know too. */
export function doubt() {
	if (!isProbing) channel.postMessage('doubt');
	look();
}

channel.onmessage = look;
window.addEventListener('offline', doubt);
window.addEventListener('online', doubt);

/** What to do when the server answers again. */
export function whenBack(act: () => void) {
	onBack = act;
}

export function setLive(live: boolean) {
	if (live !== now.live) set({ live });
}

export function setPaused(paused: boolean) {
	if (paused) sessionStorage.setItem(PAUSED, '1');
	else sessionStorage.removeItem(PAUSED);
	set({ paused });
	if (!paused) onBack();
}

export function isPaused(): boolean {
	return now.paused;
}

/** For what is read again by itself: so often, or never while live updates are paused. */
export function pace(ms: number): number | false {
	return now.paused ? false : ms;
}

export function useConnection(): Connection {
	return useSyncExternalStore((listener) => {
		listeners.add(listener);
		return () => { listeners.delete(listener); };
	}, () => now);
}
