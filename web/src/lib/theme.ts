// Light, dark or the system's choice, kept in this browser. Imported first, so that the page never flashes white.
export type Theme = 'light' | 'dark' | 'system';

const KEY = 'pomona.theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

export function theme(): Theme {
	try {
		const kept = localStorage.getItem(KEY);
		return kept === 'light' || kept === 'dark' ? kept : 'system';
	} catch {
		return 'system'; // storage may be forbidden; the system's choice is a good answer
	}
}

function apply() {
	const now = theme();
	document.documentElement.classList.toggle('pf-v6-theme-dark', now === 'dark' || (now === 'system' && dark.matches));
}

export function setTheme(next: Theme) {
	try {
		localStorage.setItem(KEY, next);
	} catch {
		// kept for this page only
	}
	apply();
}

dark.addEventListener('change', apply);
apply();
