// Forms that are not saved yet. Whoever is about to leave the page, by a link, by Back, or by closing the tab, is asked first.
import { useEffect, useSyncExternalStore } from 'react';
import { navigate, useBrowserLocation } from 'wouter/use-browser-location';

const names = new Map<string, number>();
const listeners = new Set<() => void>();
let pending: (() => void) | null = null;
let here = window.location.href;
let letting = false;

function tell() {
	for (const listener of listeners) listener();
}

function ask(leave: (() => void) | null) {
	pending = leave;
	tell();
}

/** A form says that it has changes, under the name that the question uses. */
export function useUnsaved(name: string, isDirty: boolean) {
	useEffect(() => {
		if (!isDirty) return undefined;
		names.set(name, (names.get(name) ?? 0) + 1);
		return () => {
			const left = (names.get(name) ?? 1) - 1;
			if (left > 0) names.set(name, left);
			else names.delete(name);
		};
	}, [name, isDirty]);
}

/** The question that waits for an answer: what would be lost. null: there is none. */
export function useLeaveQuestion(): string[] | null {
	const waits = useSyncExternalStore((listener) => {
		listeners.add(listener);
		return () => listeners.delete(listener);
	}, () => pending);
	return waits ? [...names.keys()] : null;
}

export function answerLeave(leave: boolean) {
	const go = pending;
	ask(null);
	if (!leave) return;
	names.clear();
	go?.();
}

/** Loads the page anew, after the question if something on it is not saved. */
export function reload() {
	if (names.size > 0) ask(() => window.location.reload());
	else window.location.reload();
}

function isElsewhere(to: string): boolean {
	const next = new URL(to, window.location.href);
	return next.pathname !== window.location.pathname || next.searchParams.get('location') !== new URL(window.location.href).searchParams.get('location');
}

function go(to: string | URL, options?: { replace?: boolean; state?: unknown }) {
	if (names.size > 0 && isElsewhere(String(to))) ask(() => navigate(to, options));
	else navigate(to, options);
}

/** For wouter: the browser's address, with the question before it changes. */
export function useAskedLocation(): [string, typeof go] {
	const [path] = useBrowserLocation();
	return [path, go];
}

// Back and Forward have moved already when they tell of it: the place is taken back, and left again after a Yes.
window.addEventListener('popstate', (event) => {
	if (letting || names.size === 0 || !isElsewhere(here)) {
		letting = false;
		here = window.location.href;
		return;
	}
	event.stopImmediatePropagation();
	window.history.pushState(null, '', here);
	ask(() => {
		letting = true;
		window.history.back();
	});
}, true);
for (const moved of ['pushState', 'replaceState']) window.addEventListener(moved, () => { here = window.location.href; }); // wouter's events

window.addEventListener('beforeunload', (event) => {
	if (names.size > 0) event.preventDefault();
});
