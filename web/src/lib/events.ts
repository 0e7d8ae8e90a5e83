// Live progress: one event stream for each browser, read by the tab that leads and passed to the others.
// When the stream is down the running jobs are asked for every few seconds instead, and now and then the lists.
import { useSyncExternalStore } from 'react';
import type { QueryClient } from '@tanstack/react-query';
import { api, body, type Job } from './api';
import { doubt, isPaused, setLive, whenBack } from './connection';
import { inOurWords } from './said';
import { lookForUpdate } from './update';

const POLL_MS = 3000;
const DOWN_MS = 4000;
/** A refused stream (too many, signed out) is not opened again by the browser: we do, after this. */
const AGAIN_MS = 15_000;
/** Of so many turns of asking, one asks for the lists too. */
const LISTS_EVERY = 5;

/** What the tab that leads tells the others; `hello` is asked by one that came later. */
type Message = { kind: 'job'; job: Job } | { kind: 'people-changed' } | { kind: 'stream'; live: boolean } | { kind: 'hello' };

const jobs = new Map<number, Job>();
const listeners = new Set<() => void>();
let running: Job[] = [];
let frame = 0;
let ended = 0;
let leads = false;
let live = true;
let client: QueryClient | null = null;
let channel: BroadcastChannel | null = null;

function paint() {
	frame = 0;
	running = [...jobs.values()].filter((job) => isOpen(job)).sort((a, b) => b.id - a.id);
	for (const listener of listeners) listener();
}

function changed() {
	frame ||= requestAnimationFrame(paint);
}

export function isOpen(job: Job): boolean {
	return job.state === 'running' || job.state === 'waiting';
}

/** Takes a job record as the server has it now: from the stream, another tab, or a fresh read. */
export function seenJob(job: Job) {
	const before = jobs.get(job.id);
	jobs.set(job.id, job);
	if (before && isOpen(before) && !isOpen(job)) jobEnded(job);
	changed();
}

export function lastSeenJob(id: number): Job | undefined {
	return jobs.get(id);
}

/** Takes the record that came with the answer to a wish. A quick job has ended by then, and the stream has said so
 * already: the answer is only a hint to read again. */
export function askedJob(job: Job) {
	if (!jobs.has(job.id)) seenJob(job);
	void client?.invalidateQueries({ queryKey: ['job', job.id] });
}

function jobEnded(job: Job) {
	ended += 1;
	if (!client) return;
	void client.invalidateQueries({ queryKey: ['people'] });
	void client.invalidateQueries({ queryKey: ['person'] });
	void client.invalidateQueries({ queryKey: ['jobs'] });
	void client.invalidateQueries({ queryKey: ['locations'] });
	void client.invalidateQueries({ queryKey: ['count'] });
	void client.invalidateQueries({ queryKey: ['items', job.id] });
	void client.invalidateQueries({ queryKey: ['problems'] });
	void client.invalidateQueries({ queryKey: ['findings'] });
	void client.invalidateQueries({ queryKey: ['statistics'] });
	void client.invalidateQueries({ queryKey: ['assets'] });
	void client.invalidateQueries({ queryKey: ['assignments'] });
}

function peopleChanged() {
	for (const queryKey of [['people'], ['person'], ['locations'], ['count']]) void client?.invalidateQueries({ queryKey });
}

function take(message: Message) {
	if (message.kind === 'stream') {
		if (message.live) void lookForUpdate(); // the server may have begun anew as another one
		setLive(message.live);
	} else if (message.kind === 'hello') {
		if (leads) channel?.postMessage({ kind: 'stream', live });
	} else if (isPaused()) {
		return; // what moved meanwhile is read when it may move again
	} else if (message.kind === 'job') {
		client?.setQueryData(['job', message.job.id], message.job);
		seenJob(message.job);
	} else {
		peopleChanged();
	}
}

function share(message: Message) {
	take(message);
	channel?.postMessage(message);
}

function setStream(up: boolean) {
	if (live === up) return;
	live = up;
	share({ kind: 'stream', live });
}

async function poll(signal: AbortSignal) {
	const open = [...jobs.values()].filter(isOpen).map((job) => job.id);
	try {
		const page = await body(api.GET('/api/v1/jobs', { params: { query: { state: 'running', limit: 50 } }, signal }));
		for (const job of page.items) share({ kind: 'job', job });
		for (const id of open.filter((one) => !page.items.some((job) => job.id === one))) {
			const job = await body(api.GET('/api/v1/jobs/{id}', { params: { path: { id } }, signal }));
			share({ kind: 'job', job });
		}
	} catch {
		// the next turn tries again; pages show their own errors
	}
}

function lead(signal: AbortSignal): Promise<void> {
	return new Promise((done) => {
		let timer: ReturnType<typeof setInterval> | undefined;
		let down: ReturnType<typeof setTimeout> | undefined;
		let again: ReturnType<typeof setTimeout> | undefined;
		let source: EventSource;
		let turn = 0;
		let wasOpen = false;
		const startPolling = () => {
			setStream(false);
			timer ??= setInterval(() => {
				void poll(signal);
				turn += 1;
				if (turn % LISTS_EVERY === 0) share({ kind: 'people-changed' });
			}, POLL_MS);
			void poll(signal);
		};
		const opened = () => {
			clearTimeout(down);
			down = undefined;
			clearInterval(timer);
			timer = undefined;
			const isNews = wasOpen || !live;
			live = true;
			if (isNews) share({ kind: 'stream', live });
			wasOpen = true;
			void poll(signal);
		};
		const open = () => {
			source = new EventSource('/api/v1/events');
			source.onopen = opened;
			source.onerror = () => {
				doubt();
				down ??= setTimeout(startPolling, DOWN_MS);
				if (source.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
			};
			source.addEventListener('job', (event) => share({ kind: 'job', job: inOurWords(JSON.parse((event as MessageEvent<string>).data) as Job) }));
			source.addEventListener('people-changed', () => share({ kind: 'people-changed' }));
		};
		leads = true;
		open();
		const leave = () => source.close();
		window.addEventListener('pagehide', leave);
		signal.addEventListener('abort', () => {
			source.close();
			window.removeEventListener('pagehide', leave);
			clearTimeout(again);
			clearTimeout(down);
			clearInterval(timer);
			leads = false;
			done();
		});
	});
}

/** Starts listening; the answer ends it. */
export function startEvents(queries: QueryClient): () => void {
	client = queries;
	const stop = new AbortController();
	whenBack(() => {
		void queries.invalidateQueries();
		void lookForUpdate();
	});
	channel = new BroadcastChannel('pomona.events');
	channel.onmessage = (event: MessageEvent<Message>) => take(event.data);
	channel.postMessage({ kind: 'hello' });
	if (navigator.locks) {
		navigator.locks.request('pomona.events', { signal: stop.signal }, () => lead(stop.signal)).catch(() => undefined);
	} else {
		void lead(stop.signal);
	}
	return () => {
		stop.abort();
		channel?.close();
		channel = null;
	};
}

function subscribe(listener: () => void) {
	listeners.add(listener);
	return () => { listeners.delete(listener); };
}

export function useRunningJobs(): Job[] {
	return useSyncExternalStore(subscribe, () => running);
}

/** How many jobs were seen to end since this tab was opened. */
export function useEndedJobs(): number {
	return useSyncExternalStore(subscribe, () => ended);
}
