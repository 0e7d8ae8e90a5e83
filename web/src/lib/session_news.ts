// What happens to the session in one tab concerns all of them: signed in again, extended, signed out.
const channel = new BroadcastChannel('pomona.session');

/** Tells the other tabs to look at the session anew. */
export function tellTabs() {
	channel.postMessage('changed');
}

/** Listens until the answer is called. */
export function onNews(act: () => void): () => void {
	channel.addEventListener('message', act);
	return () => channel.removeEventListener('message', act);
}
