// Shortcuts of one key. They work outside fields, menus and dialogs, never alone (everything has a button too), and can be
// switched off. Most press what a page marks with data-shortcut; pages add keys of their own with useKeys.
import { useEffect, useRef } from 'react';
import { navigate } from 'wouter/use-browser-location';

type Act = (event: KeyboardEvent) => void;
export type Keys = Record<string, Act>;

export const GO_TO: Record<string, string> = {
	d: '/dashboard', u: '/user', v: '/device', a: '/application', j: '/job', f: '/finding', h: '/history', l: '/audit', s: '/setting/ios/vpp',
};
const GO_MS = 1500;

const pages: Keys[] = [];

/** Keys of the page that is open; the last that was opened comes first. */
export function useKeys(keys: Keys) {
	const latest = useRef(keys);
	latest.current = keys;
	useEffect(() => {
		const mine: Keys = new Proxy({}, { get: (_none, key: string) => latest.current[key] });
		pages.push(mine);
		return () => { pages.splice(pages.indexOf(mine), 1); };
	}, []);
}

/** Where letters are typed, or mean something else. */
function isTaken(target: EventTarget | null): boolean {
	if (document.querySelector('.pf-v6-c-backdrop')) return true;
	const here = target instanceof Element ? target : document.body;
	if (here instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'file'].includes(here.type);
	return here.closest('textarea, select, [contenteditable], [role=menu], [role=listbox], [data-typing]') !== null;
}

/** The key as it is labelled on a Latin keyboard: whoever types Korean or Arabic has the same shortcuts. */
function keyOf(event: KeyboardEvent): string {
	if (event.key.length > 1 || /^[!-~]$/.test(event.key)) return event.key;
	const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
	return letter ? (event.shiftKey ? letter : letter.toLowerCase()) : event.key;
}

const rowsNow = () => [...document.querySelectorAll<HTMLElement>('[data-rows] > tbody > tr')].filter((row) => !row.hidden);

function step(by: number) {
	const rows = rowsNow();
	const here = rows.findIndex((row) => row.contains(document.activeElement));
	const row = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by))];
	row?.querySelector<HTMLElement>('input[type=checkbox], a[href], button')?.focus();
}

/** As a click on the row's check box: with Shift, up to the one before. */
function pick({ shiftKey }: KeyboardEvent) {
	const box = document.activeElement?.closest('tr')?.querySelector('input[type=checkbox]');
	box?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey }));
}

function press(name: string) {
	const marked = [...document.querySelectorAll<HTMLElement>(`[data-shortcut="${name}"]`)].find((one) => one.offsetParent !== null);
	const one = marked?.matches('button, a, input') ? marked : marked?.querySelector<HTMLElement>('input, button, a');
	if (!one) return;
	one.focus();
	if (!(one instanceof HTMLInputElement)) one.click();
}

const EVERYWHERE: Keys = {
	'/': () => press('search'),
	'[': () => press('previous'),
	']': () => press('next'),
	i: () => press('invite'),
	y: () => press('sync'),
	Delete: () => press('delete'),
	j: () => step(1),
	k: () => step(-1),
	x: pick,
	X: pick,
};

/** Listens until the answer is called. `own` are keys of the frame. */
export function listenToKeys(own: Keys): () => void {
	let going = 0;
	let taken = false;
	// Before anybody acts on it: the Escape that closes a dialog finds it gone afterwards, and is not ours all the same.
	const comes = (event: KeyboardEvent) => {
		taken = isTaken(event.target) || (event.key === 'Escape' && document.querySelector('.pf-v6-c-menu') !== null);
	};
	const heard = (event: KeyboardEvent) => {
		if (taken || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
		const key = keyOf(event);
		const go = Date.now() - going < GO_MS ? GO_TO[key] : undefined;
		going = key === 'g' ? Date.now() : 0;
		const act = go ? () => navigate(go) : [...pages].reverse().map((one) => one[key]).find(Boolean) ?? own[key] ?? EVERYWHERE[key];
		if (!act) return;
		event.preventDefault();
		act(event);
	};
	document.addEventListener('keydown', comes, true);
	document.addEventListener('keydown', heard);
	return () => {
		document.removeEventListener('keydown', comes, true);
		document.removeEventListener('keydown', heard);
	};
}
