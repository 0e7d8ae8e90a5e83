// Is somebody at this page? What it asks while nobody is says so, and keeps nobody signed in.
const AWAY_MS = 60_000;
let last = Date.now();
let held = false;

const seen = () => { last = Date.now(); };
for (const sign of ['pointerdown', 'pointermove', 'keydown', 'wheel']) window.addEventListener(sign, seen, { capture: true, passive: true });

/** While the question whether to stay signed in is open, only its answer counts. */
export function holdPresence(hold: boolean) {
	held = hold;
}

export function isAway(): boolean {
	return held || Date.now() - last > AWAY_MS;
}
