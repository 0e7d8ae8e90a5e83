// A server and a twin of their own for one browser story, in a scratch folder.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const build = path.join(root, process.env.POMONA_BUILD ?? 'build/test');
const START_MS = 20_000;
const LOOK_MS = 50;

function run(program, args) {
	const child = spawn(path.join(build, program), args, { stdio: ['ignore', 'pipe', 'pipe'] });
	child.said = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { child.said += chunk; });
	process.once('exit', () => child.kill('SIGKILL')); // nothing is left behind when a start fails
	child.ended = new Promise((done) => child.on('exit', (code, signal) => done(code ?? signal)));
	return child;
}

/** Asks until there is an answer; says what was waited for when there is none. */
export async function until(what, ask, ms = START_MS) {
	const end = Date.now() + ms;
	for (;;) {
		const answer = await ask();
		if (answer) return answer;
		if (Date.now() > end) throw new Error(`Waited ${ms} ms for ${what}.`);
		await new Promise((done) => setTimeout(done, LOOK_MS));
	}
}

const textOf = (file) => readFile(file, 'utf8').catch(() => '');

export async function startWorld() {
	const folder = await mkdtemp(path.join(tmpdir(), 'pomona-browser-'));
	const twin = run('apple-twin', ['--listen', '127.0.0.1:0', '--control', '127.0.0.1:0', '--smtp', '127.0.0.1:0', '--seed', '7', '--calm', '--port-file', path.join(folder, 'twin')]);
	const ports = await until(`the twin: ${twin.said}`, async () => {
		const found = Object.fromEntries((await textOf(path.join(folder, 'twin'))).trim().split('\n').map((line) => line.split('=')));
		return found.apple && found.control && found.smtp ? found : null;
	});
	const apple = `http://127.0.0.1:${ports.apple}/twin/mdm/v2`;
	const control = `http://127.0.0.1:${ports.control}`;
	const start = (port) => run('pomona', ['serve', '--data', path.join(folder, 'data'), '--listen', `127.0.0.1:${port}`, '--apple-url', apple, '--port-file', path.join(folder, 'port'), '--settle-seconds', '2']);
	let pomona = start(0);
	const port = await until(`pomona: ${pomona.said}`, async () => (await textOf(path.join(folder, 'port'))).trim());
	const setupCode = await until(`the set-up code in: ${pomona.said}`, () => /Set-up code:\s+(\S+)/.exec(pomona.said)?.[1]);

	const ask = async (method, target, body) => {
		const answer = await fetch(control + target, { method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body && JSON.stringify(body) });
		if (!answer.ok) throw new Error(`The twin answered ${method} ${target} with ${answer.status}: ${await answer.text()}`);
		return answer.json();
	};
	const location = await ask('GET', '/control/locations/first');
	return {
		portal: `http://127.0.0.1:${port}`,
		setupCode, location, control,
		smtpPort: ports.smtp,
		mdmUrl: `${control}/mdm/commands/`,
		ask,
		token: async () => (await fetch(`${control}/control/locations/first/token.vpptoken`)).text(),
		/** Tokens that Apple would not take any more. */
		async expiredToken() {
			const made = await ask('POST', '/control/locations', { name: 'Old Orchard', organisation: 'Orchard School', expires_in_ms: 1 });
			await ask('POST', '/control/time', { advance_ms: 10 });
			return made.token_file;
		},
		async invitationLink(email) {
			return until(`a mail to ${email}`, async () => {
				const mail = await ask('GET', `/control/mail?to=${encodeURIComponent(email)}`);
				return mail.items.at(-1)?.links?.find((link) => link.includes('inviteCode'));
			});
		},
		async twinUser(email) {
			const found = await ask('GET', `/control/locations/first/users?email=${encodeURIComponent(email)}`);
			return found.items.at(-1);
		},
		/** The server goes away as at a power cut; what is returned brings it back. */
		async cut() {
			pomona.kill('SIGKILL');
			await pomona.ended;
			return () => { pomona = start(port); };
		},
		async stop() {
			for (const child of [pomona, twin]) child.kill('SIGTERM');
			const code = await pomona.ended;
			await twin.ended;
			await rm(folder, { recursive: true, force: true });
			if (code !== 0) throw new Error(`pomona ended with ${code}: ${pomona.said}`);
		},
		log: () => pomona.said,
	};
}
