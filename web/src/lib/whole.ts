// The rest of the portal, fetched once the first page stands and nothing else is to do: a tab that is open while the server is
// updated, or cannot be reached, still has every page and every question, and nothing typed into it is lost for want of a file.
const IDLE_MS = 5000;

const PARTS = [
	() => import('../pages/daily'),
	() => import('../pages/detail'),
	() => import('../pages/seldom'),
	() => import('../pages/finding/findings'),
	() => import('../pages/finding/repair_dialog'),
	() => import('../pages/people_more'),
	() => import('../parts/bell_drawer'),
	() => import('../parts/frame_dialogs'),
	() => import('../parts/view_dialog'),
	() => import('../parts/vpp_dialogs'),
];

async function fetchAll() {
	try {
		for (const part of PARTS) await part();
	} catch {
		// no connection now: each is fetched when it is wanted
	}
}

export function fetchTheRest() {
	if (typeof requestIdleCallback === 'function') requestIdleCallback(() => void fetchAll(), { timeout: IDLE_MS });
	else setTimeout(() => void fetchAll(), IDLE_MS);
}
