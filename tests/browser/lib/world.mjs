// A server and a twin of their own for one browser story, in a scratch folder: the programs and the log's rules are those of
// the stories (tests/stories/lib), with the words that a browser story asks for.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Pomona } from '../../stories/lib/pomona.mjs';
import { badLines } from '../../stories/lib/process.mjs';
import { Twin } from '../../stories/lib/twin.mjs';
import { waitFor } from '../../stories/lib/wait.mjs';

export const OWNER = { name: 'mira', password: 'orchards need patience' };

/** doors: the mail server and the MDM are there from the start, and nobody has to set them. caller: in whose name a story uses the API.
 * clock: the server's can be moved. */
export async function startWorld({ doors = false, calm = true, seed = 7, caller, clock = false } = {}) {
	const folder = mkdtempSync(path.join(tmpdir(), 'pomona-browser-'));
	const twin = await Twin.start(folder, { calm, seed });
	const clockFile = path.join(folder, 'clock');
	const pomona = new Pomona(folder, twin, { doors, caller, env: clock ? { POMONA_CLOCK_OFFSET_FILE: clockFile } : {} });
	await pomona.start();
	const setupCode = await waitFor('the set-up code', () => /Set-up code:\s+(\S+)/.exec(pomona.program.text())?.[1]);
	const location = await twin.get('/control/locations/first');
	const allowed = [];
	return {
		twin, pomona, setupCode, location,
		portal: pomona.url,
		control: twin.controlUrl,
		smtpPort: twin.ports.smtp,
		mdmUrl: `${twin.controlUrl}/mdm/commands/`,
		ask: (method, target, body) => twin.call(method, target, body),
		expectLog: (pattern) => allowed.push(pattern),
		token: () => location.token_file,
		/** Tokens that Apple would not take any more. */
		async expiredToken() {
			const made = await twin.location({ name: 'Old Orchard', organisation: 'Orchard School', expires_in_ms: 1 });
			await twin.post('/control/time', { advance_ms: 10 });
			return made.token_file;
		},
		async revokedToken() {
			const made = await twin.location({ name: 'Taken back', organisation: 'Orchard School' });
			await twin.post(`/control/locations/${made.uid}/tokens/revoke`);
			return made.token_file;
		},
		async invitationLink(email) {
			return waitFor(`a mail to ${email}`, async () => {
				const mail = await twin.mail(`to=${encodeURIComponent(email)}`);
				return mail.at(-1)?.links?.find((link) => link.includes('inviteCode'));
			});
		},
		async twinUser(email) {
			return (await twin.users(`email=${encodeURIComponent(email)}`)).at(-1);
		},
		/** The owner is made, and signed in in the browser. */
		async begin(ui) {
			const made = await ui.context.request.post('/api/v1/setup', { data: { code: setupCode, name: OWNER.name, email: 'mira@orchard.example.org', password: OWNER.password } });
			assert.equal(made.status(), 200, await made.text());
		},
		/** The server's clock goes so many milliseconds before the real one. */
		moveClock: (ms) => writeFileSync(clockFile, String(ms)),
		/** The server goes away as at a power cut; what is returned brings it back. */
		async cut() {
			await pomona.kill();
			return () => pomona.start();
		},
		async stop() {
			const faults = [];
			for (const [name, { program }] of [['pomona', pomona], ['apple-twin', twin]]) {
				const { code, signal } = await program.stop();
				if (code !== 0) faults.push(`${name} ended with ${code ?? signal}`);
				faults.push(...badLines(program.text(), allowed).slice(0, 10).map((line) => `${name}: ${line}`));
			}
			faults.push(...new Set(pomona.faults));
			assert.deepEqual(faults, [], `(logs are in ${folder})`);
			rmSync(folder, { recursive: true, force: true });
		},
		log: () => pomona.program.text(),
	};
}
