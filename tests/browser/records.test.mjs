// What is kept about people: a user's page, applications and who holds them, devices, messages, the audit trail, imports.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { chosen, devicesCsv, mailOf, names, peopleCsv } from '../stories/lib/school.mjs';
import { damage } from '../stories/lib/damage.mjs';
import { openBrowser } from './lib/browser.mjs';
import { OWNER, startWorld } from './lib/world.mjs';

const WHO = names(12);

describe('records', { concurrency: false }, () => {
	let world, ui, page;

	before(async () => {
		world = await startWorld({ doors: true });
		const { pomona } = world;
		const location = await pomona.addLocation(world.token());
		await pomona.patch(`/api/v1/locations/${location.id}`, { message_channel: 'email' });
		await pomona.import('people', `${peopleCsv(WHO)}\n,nobody`);
		await pomona.import('devices', devicesCsv(WHO));
		await pomona.job(await pomona.post('/api/v1/vpp-users/invite', { selection: await chosen(pomona, WHO.slice(0, 3)) }));
		await pomona.job(await pomona.post('/api/v1/vpp-users/sync', {}));
		ui = await openBrowser({ base: world.portal });
		page = ui.page;
		await world.begin(ui);
	});
	after(async () => {
		await ui?.close();
		await world?.stop();
	});

	const pickFile = (what, one) => page.getByLabel(`${what}: file`).setInputFiles(one);
	const heading = (name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
	const panel = (name) => page.getByRole('region', { name, exact: true });
	const row = (name) => page.getByRole('row').filter({ hasText: name });
	const dialog = () => page.getByRole('dialog');
	const download = async (press) => {
		const [file] = await Promise.all([page.waitForEvent('download'), press.click()]);
		return readFile(await file.path(), 'utf8');
	};

	it('tells a user’s life as a line of events, with messages, devices and licences', async () => {
		await page.goto('/user?q=u00001');
		await page.getByRole('link', { name: 'u00001 Apple' }).click();
		await heading('u00001 Apple');
		const events = panel('What was done').getByRole('listitem');
		await events.filter({ hasText: 'Invitation by E-mail' }).getByText('Sent', { exact: true }).waitFor();
		await events.filter({ hasText: mailOf('u00001') }).first().waitFor();
		await panel('Messages').getByRole('button', { name: 'Details of u00001 Apple' }).click();
		await panel('Messages').getByText('Handed over').waitFor();
		await panel('Devices').getByText('C020000001').waitFor();
		await panel('Licences').getByText('No licences.').waitFor();
		await page.getByRole('button', { name: 'Copy: E-mail' }).first().click();
		await page.getByText(/Copied: E-mail|did not let it be copied/).first().waitFor();
		await ui.axe('a user’s page');
	});

	it('copies the invitation link for who hands it over, and shows it where the browser does not let it be copied', async () => {
		const sent = await world.invitationLink(mailOf('u00001'));
		assert.ok(!(await page.content()).includes(sent), 'the page does not have it until somebody asks');
		await ui.context.grantPermissions(['clipboard-read', 'clipboard-write']);
		await page.getByRole('button', { name: 'Copy invitation link' }).click();
		await page.getByText(/Invitation link copied/).first().waitFor();
		assert.equal(await page.evaluate(() => navigator.clipboard.readText()), sent);
		assert.equal(await page.locator('#invitation-link').count(), 0);
		await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error('closed')); });
		await page.getByRole('button', { name: 'Copy invitation link' }).click();
		assert.equal(await page.locator('#invitation-link').inputValue(), sent);
		await ui.axe('the link by hand');
		await ui.shot('invitation-link');
		await page.goto('/audit?act=invitation.');
		await row('Looked at an invitation link').nth(1).waitFor();
	});

	it('gives an app a name on its page, and says who holds it', async () => {
		const { twin, pomona } = world;
		await page.goto('/application');
		await page.getByRole('link', { name: /^App / }).first().click();
		await page.getByText('Nobody holds a licence of it.').waitFor();
		await page.getByRole('button', { name: 'Give it a name' }).click();
		await dialog().getByLabel('Name').fill('Ward Notes');
		await dialog().getByRole('button', { name: 'Save' }).click();
		await heading('Ward Notes');
		const { pathname } = new URL(page.url());
		const adam_id = pathname.split('/').at(-1);
		for (const who of WHO.slice(0, 2)) await twin.accept({ email: mailOf(who), account: `${who}@store.example` });
		for (const who of WHO.slice(0, 2)) await twin.post('/control/locations/first/assign', { email: mailOf(who), adam_id });
		await pomona.does('sync', {});
		await page.reload();
		await panel('Who holds a licence').getByRole('link', { name: 'u00002 Apple' }).waitFor();
		await page.getByRole('button', { name: 'Show as a table' }).click();
		await page.getByRole('table', { name: 'Licences over 90 days' }).getByRole('row').nth(1).waitFor();
		await ui.shot('application-one');
		await ui.axe('an app’s page');
		await page.getByRole('textbox', { name: 'Search who holds a licence' }).fill('u00001');
		await page.getByRole('link', { name: 'u00002 Apple' }).waitFor({ state: 'detached' });
		await page.getByRole('textbox', { name: 'Search who holds a licence' }).fill('nobody');
		await page.getByText('Nobody who holds one matches').waitFor();
		await page.getByRole('button', { name: 'Clear all filters' }).first().click();
		await panel('Who holds a licence').getByRole('link', { name: 'u00001 Apple' }).click();
		await panel('Licences').getByRole('link', { name: 'Ward Notes' }).click();
		await heading('Ward Notes');
	});

	it('finds apps by name, kind and what is left, the scarcest first', async () => {
		await page.goto('/application');
		await row('Ward Notes').first().waitFor();
		assert.ok(await row('Book').first().getByText('Stays').isVisible());
		await page.getByRole('textbox', { name: 'Search apps and books' }).fill('ward');
		await page.getByText('1–1 of 1').waitFor();
		await ui.axe('applications, searched');
		await page.getByRole('link', { name: /^None left \(\d+\)$/ }).click();
		await page.waitForURL(/use=out/);
		await page.goto('/application?q=nothinglikeit');
		await page.getByText('No apps or books match').waitFor();
		ui.forgive(/404.*assets\/999/);
		await page.goto('/application/999');
		await page.getByText('No such app or book here').waitFor();
		await ui.axe('an app that is not there');
	});

	it('finds devices, and what each holds', async () => {
		await page.goto('/device?q=C020000005');
		await page.getByRole('button', { name: 'Details of C020000005' }).click();
		await page.getByText('No licences.').waitFor();
		await ui.axe('a device, open');
	});

	it('lists the messages, of the last days or of one user', async () => {
		await page.goto('/history?days=7');
		await row('u00002 Apple').getByRole('button', { name: /^Details of/ }).click();
		await page.getByRole('link', { name: 'All messages to u00002 Apple' }).click();
		await page.getByRole('button', { name: 'Remove filter User: u00002 Apple' }).waitFor();
		await page.getByRole('link', { name: 'u00001 Apple' }).waitFor({ state: 'detached' });
		await ui.axe('the history of one user');
		await page.goto('/history?state=failed');
		await page.getByRole('button', { name: 'Clear all filters' }).last().click();
		await row('u00003 Apple').waitFor();
	});

	it('narrows the audit trail, opens an entry, and gives it as a file', async () => {
		await page.goto('/audit');
		await page.getByLabel('What', { exact: true }).selectOption('import.');
		await row('Applied an import').nth(1).waitFor();
		await row('Connected a location').first().waitFor({ state: 'detached' });
		await page.getByLabel('Who', { exact: true }).fill(OWNER.name);
		await page.getByText('Nothing in the trail matches').waitFor();
		await page.getByRole('button', { name: 'Remove filter Who: mira' }).click();
		await row('Applied an import').first().getByRole('button', { name: 'Details of Applied an import' }).click();
		await page.getByText('import.apply').first().waitFor();
		await page.getByText(/^Log is complete and unchanged up to .* \(\d+ entries\)\.$/).waitFor();
		await ui.axe('the audit trail, one entry open');
		const text = await download(page.getByRole('link', { name: 'Export CSV' }));
		const lines = text.trim().split('\r\n');
		assert.match(lines[0], /^\ufeff?at,actor_kind,actor,from,act,.*,result,detail/);
		assert.equal(lines.filter((line) => line.includes('"import.apply"')).length, 2);
		assert.ok(lines.slice(1).every((line) => line.includes('"import.')), 'the file has the filter of the page');
	});

	it('has a template for each kind, and remembers what was imported', async () => {
		await page.goto('/user/import');
		await row('Devices').filter({ hasText: '12 added, 0 changed, 0 bad' }).waitFor();
		assert.match(await download(page.getByRole('button', { name: 'Download a template for people' })), /^\ufeff?user_name,display_name,email/);
		await page.getByLabel('Devices', { exact: true }).check();
		assert.match(await download(page.getByRole('button', { name: 'Download a template for devices' })), /^\ufeff?serial_number,platform/);
		await ui.axe('import');
		await row('People').getByRole('link').click();
		await page.getByRole('button', { name: /^How the columns were understood/ }).click();
		await page.getByRole('rowheader', { name: 'user_name' }).waitFor();
		await row('14').getByText(/user name/i).first().waitFor();
		await ui.axe('an import of the past');
	});

	it('matches the columns of a file that no one could read, and knows the next one', async () => {
		await page.goto('/user/import');
		const text = 'Kürzel;Post;Wer\nzoe;zoe@orchard.example.org;Zoe\n';
		await pickFile('Choose CSV file', { name: 'school.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
		await page.getByRole('heading', { name: 'Match the columns' }).waitFor();
		await page.getByText('No column of this file was recognised as “User name”.').waitFor();
		await ui.axe('matching columns');
		await page.getByRole('button', { name: 'Show the preview' }).click();
		await page.getByText('No column holds “User name” yet.').waitFor();
		await page.getByLabel('Field for the column Kürzel').selectOption('user_name');
		await page.getByLabel('Field for the column Post').selectOption('email');
		await page.getByLabel('Field for the column Wer').selectOption('email');
		assert.equal(await page.getByLabel('Field for the column Post').inputValue(), '', 'a field has one column');
		await page.getByLabel('Field for the column Post').selectOption('email');
		await page.getByLabel('Field for the column Wer').selectOption('display_name');
		await page.getByRole('button', { name: 'Show the preview' }).click();
		await page.getByRole('button', { name: 'Apply 1 row' }).waitFor();
		await page.getByRole('button', { name: /^How the columns were understood/ }).click();
		await page.getByText('The columns were chosen by hand').waitFor();
		const first = page.url();

		await page.getByRole('button', { name: 'Change the columns' }).first().click();
		await page.getByText('As mira chose for an earlier file').waitFor();
		await page.getByLabel('Field for the column Wer').selectOption('');
		await page.getByRole('button', { name: 'Show the preview' }).click();
		await page.waitForURL((url) => url.href !== first && /import\/\d+$/.test(url.pathname));
		await page.getByRole('button', { name: /^How the columns were understood \(1 not used/ }).waitFor();
		// Loaded anew, the page has no file any more and asks for it.
		await page.reload();
		await page.getByRole('button', { name: 'Change the columns' }).first().click();
		await page.getByText('Choose school.csv once more').waitFor();
		await page.goto('/user/import');
		await pickFile('Choose CSV file', { name: 'school.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
		await page.getByRole('button', { name: /^How the columns were understood/ }).click();
		await page.getByText('as they were chosen for an earlier file').waitFor();
	});

	it('groups what was not done here, and shows thousands a page at a time', async () => {
		const { twin, pomona } = world;
		await twin.knobs({ notify_lost_percent: 100 });
		for (const who of WHO.slice(0, 2)) await twin.post('/control/locations/first/retire', { email: mailOf(who) });
		await twin.post('/control/locations/first/users', { count: 30, status: 'Registered' });
		await pomona.does('sync', {});
		await page.goto('/dashboard');
		await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: /^Findings.*32 findings/ }).click();
		await heading('Findings');
		await panel('Retired elsewhere').getByText('Somebody retired these users at Apple with another tool.').waitFor();
		assert.equal(await panel('Not made here').getByRole('row').count(), 6, 'five and the heading');
		await ui.shot('findings');
		await ui.axe('findings by kind');
		await panel('Not made here').getByRole('link', { name: 'Show all 30' }).click();
		await page.goto(`${new URL(page.url()).pathname}?kind=foreign&limit=25`);
		await panel('Not made here').getByText('1–25 of 30').waitFor();
		await page.getByRole('button', { name: 'Next page' }).click();
		await panel('Not made here').getByText('26–30 of 30').waitFor();
		await ui.shot('findings-one');
		await ui.axe('findings of one kind');
	});

	it('leaves all but one as they are, after a look, by keyboard alone', async () => {
		await page.keyboard.press('A');
		await page.keyboard.press('A');
		await page.getByText('30 findings are chosen.').waitFor();
		await page.keyboard.press('j');
		await page.keyboard.press('x');
		await page.getByText('29 findings are chosen.').waitFor();
		await page.getByRole('button', { name: 'Leave as they are (29)' }).focus();
		await page.keyboard.press('Enter');
		await dialog().getByText('Leave 29 findings as they are?').waitFor();
		await ui.axe('the question whether to leave findings');
		await page.keyboard.press('Escape');
		await dialog().waitFor({ state: 'detached' });
		await page.keyboard.press('Enter');
		await dialog().getByRole('button', { name: 'OK, leave' }).focus();
		await page.keyboard.press('Enter');
		await dialog().waitFor({ state: 'detached' });
		await page.getByText('Left as it is.').first().waitFor();
		await page.goto('/finding');
		await page.getByRole('link', { name: 'Open (3)' }).waitFor();
		assert.equal(await panel('Not made here').getByRole('row').count(), 2);
		await page.getByRole('link', { name: 'Over (29)' }).click();
		await panel('Not made here').getByText('Left as it is, as mira said.').first().waitFor();
		await ui.axe('findings that are over');
	});

	it('repairs one kind by one job, and says before whom it skips', async () => {
		const { pomona } = world;
		const gone = await pomona.person(WHO[1]);
		await pomona.patch(`/api/v1/people/${gone.id}`, { active: false });
		await page.goto('/finding?kind=retired_elsewhere');
		await page.getByRole('button', { name: 'Invite again (2)' }).click();
		await dialog().getByText('Send VPP invitation to 1 user?').waitFor();
		await dialog().getByText('1 will be skipped').waitFor();
		await ui.shot('findings-preview');
		await ui.axe('the preview of a repair');
		await dialog().getByRole('button', { name: 'OK, send' }).click();
		await dialog().waitFor({ state: 'detached' });
		await row(`${WHO[1]} Apple`).getByRole('link', { name: /^Repaired by job/ }).waitFor();
		await row(`${WHO[0]} Apple`).waitFor({ state: 'detached' });
		await pomona.patch(`/api/v1/people/${gone.id}`, { active: true });
		await row(`${WHO[1]} Apple`).getByRole('button', { name: `Invite again: ${WHO[1]} Apple` }).click();
		await dialog().getByRole('button', { name: 'OK, send' }).click();
		await page.getByText('No finding matches').waitFor();
	});

	it('shows what was before and after, and says when the trail was tampered with', async () => {
		const { pomona } = world;
		await pomona.patch(`/api/v1/people/${(await pomona.person(WHO[0])).id}`, { department: 'Orchard' });
		await page.goto('/audit?act=person.');
		await row('Changed a user').first().getByRole('button', { name: 'Details of Changed a user' }).click();
		const change = page.getByRole('table', { name: 'What was changed' }).getByRole('row').filter({ hasText: 'Department' });
		assert.match((await change.innerText()).replaceAll('\t', ' '), /Department\s+IT\s+Orchard/);
		await ui.axe('the trail, before and after');
		const entries = JSON.parse(await download(page.getByRole('link', { name: 'Export JSON' })));
		assert.deepEqual([entries[0].act, entries[0].detail.after.department], ['person.change', 'Orchard']);

		world.expectLog(/audit\.broken/);
		await damage(pomona, "update audit set act = 'person.delete' where id = 3");
		await page.getByRole('button', { name: 'Check again' }).click();
		await page.getByText('The first entry that does not fit is number 3.').waitFor();
		await ui.axe('the trail, broken');
		await page.goto('/user');
		await page.locator('[data-banner="audit_broken"]').getByRole('link', { name: 'Look at the log' }).click();
		await heading('Audit');
	});

	it('deletes who shares an Apple Account, and has the number typed when they are many', async () => {
		const { twin, pomona } = world;
		await pomona.does('invite', { selection: await chosen(pomona, WHO.slice(4, 6)) });
		for (const who of WHO.slice(4, 6)) await twin.accept({ email: mailOf(who), account: 'family@store.example' });
		await pomona.does('sync', {});
		await page.goto('/finding?kind=shared_account');
		const button = page.getByRole('button', { name: /^Delete from VPP \(\d+\)$/ });
		// As the server would answer if they were 120.
		await page.route('**/findings/repair?dry_run=1', async (route) => {
			const answer = await route.fetch();
			const seen = await answer.json();
			await route.fulfill({ response: answer, json: { ...seen, people: { ...seen.people, will_do: 120 } } });
		});
		await button.click();
		await dialog().getByText('Delete 120 users from VPP?').waitFor();
		const ok = dialog().getByRole('button', { name: 'OK, delete' });
		assert.ok(await ok.isDisabled());
		await dialog().getByLabel('To confirm, type 120').fill('119');
		assert.ok(await ok.isDisabled());
		await dialog().getByLabel('To confirm, type 120').fill('120');
		assert.ok(await ok.isEnabled());
		await ui.axe('the confirmation of many deletions');
		await dialog().getByRole('button', { name: 'Cancel' }).click();
		await page.unrouteAll();
		await button.click();
		await dialog().getByText(/^Delete \d users? from VPP\?$/).waitFor();
		await ok.click();
		await dialog().waitFor({ state: 'detached' });
		const repaired = page.getByRole('link', { name: /^Repaired by job/ }).first();
		await repaired.waitFor();
		await pomona.job({ id: Number((await repaired.getAttribute('href')).split('/').at(-1)) });
		await pomona.does('sync', {});
		await page.reload();
		await page.getByText('No finding matches').waitFor();
	});

	it('left no error in the console', () => ui.assertQuiet());
});
