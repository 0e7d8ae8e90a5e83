// The one way to the server: typed by the contract (api/openapi.yaml), errors thrown as Problem.
import createClient, { type Middleware } from 'openapi-fetch';
import { doubt, heard } from './connection';
import { isAway } from './presence';
import { Problem } from './problem';
import { inOurWords } from './said';
import type { components, paths } from './schema';

type Schemas = components['schemas'];
export type Session = Schemas['Session'];
export type Location = Schemas['Location'];
export type Schedule = Schemas['Schedule'];
export type SchedulePut = Schemas['SchedulePut'];
export type MessageChannel = Schemas['MessageChannel'];
export type Person = Schemas['Person'];
export type PersonPatch = Schemas['PersonPatch'];
export type Preview = Schemas['ActionPreview'];
export type Job = Schemas['Job'];
export type Item = Schemas['Item'];
export type Import = Schemas['Import'];
export type Smtp = Schemas['Smtp'];
export type SmtpTest = Schemas['SmtpTest'];
export type Traffic = Schemas['Traffic'];
export type Finding = Schemas['Finding'];
export type AuditEntry = Schemas['AuditEntry'];
export type AdminRecord = Schemas['Admin'];
export type ApiTokenRecord = Schemas['ApiToken'];

const SESSION = '/api/v1/session';

let csrf: string | null = null;
let onSignedOut: () => void = () => undefined;

export function setCsrf(token: string | null) {
	csrf = token;
}

/** Called once by the frame: what to do when the server no longer knows the session. */
export function whenSignedOut(act: () => void) {
	onSignedOut = act;
}

export function reportSignedOut() {
	onSignedOut();
}

const middleware: Middleware = {
	onRequest({ request }) {
		if (request.method !== 'GET' && csrf) request.headers.set('X-CSRF-Token', csrf);
		// To look whether one is still signed in is no use of the session either.
		if (request.method === 'GET' && (isAway() || new URL(request.url).pathname === SESSION)) request.headers.set('X-Pomona-By-Itself', '1');
		return request;
	},
	async onResponse({ request, response }) {
		if (response.ok) return response;
		const asksSession = new URL(request.url).pathname === SESSION;
		if (response.status === 401 && !asksSession) onSignedOut();
		let body: Record<string, unknown> = {};
		try {
			body = await response.clone().json() as Record<string, unknown>;
		} catch {
			// not a problem document: a proxy in between, say
		}
		throw new Problem(response.status, body, Number(response.headers.get('Retry-After')) || undefined);
	},
};

async function ask(request: Request): Promise<Response> {
	try {
		const answer = await globalThis.fetch(request);
		heard(answer.status);
		return answer;
	} catch (error) {
		if (!request.signal.aborted) doubt();
		throw error;
	}
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: ask });
api.use(middleware);

/** The answer's body; an error was thrown on the way. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
	return inOurWords((await answer).data) as T;
}

/** For actions whose answer is a preview or a job, by what was asked. */
export async function bodyAs<T>(answer: Promise<{ data?: unknown }>): Promise<T> {
	return inOurWords((await answer).data) as T;
}

export function newKey(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const asIs = (file: unknown) => file as Blob;
