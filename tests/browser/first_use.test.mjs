// The seed's page, word by word, in a browser: from the set-up code to invite, accept, delete and sync.
// Real server, real twin; a console error or an axe finding fails the test. Screenshots go to build/screenshots.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from './lib/browser.mjs';
import { OWNER, startWorld } from './lib/world.mjs';

const PEOPLE_FILE = [
	'user_name;display_name;email;department', // semicolons and a mark at the start, as a spreadsheet writes them
	...Array.from({ length: 60 }, (_, row) => `u${row + 1};Person ${String(row + 1).padStart(2, '0')};u${row + 1}@example.org;Sales`),
	'noah;Noah Köhler;;Engineering',
	'dana;Dana Device-less;dana@example.org;Engineering',
	'zoë;Zoë van der Meer;zoe@example.org;Finance',
	'u1;Repeated;again@example.org;Sales',
	'bad;Bad Address;not-an-address;Sales',
].join('\r\n');
const DEVICES_FILE = [
	'serial_number,platform,model,state,user',
	...Array.from({ length: 60 }, (_, row) => `SERIAL${String(row + 1).padStart(4, '0')},iOS,iPhone 15,activated,u${row + 1}`),
	'SERIALNOAH,iPadOS,iPad,activated,noah',
	'SERIALZOE,iOS,iPhone 15,activated,zoë',
].join('\n');

const file = (name, text) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });

describe('first use, in a browser', { concurrency: false }, () => {
	let world, ui, page;

	before(async () => {
		world = await startWorld();
		ui = await openBrowser({ base: world.portal });
		page = ui.page;
	});
	after(async () => {
		await ui?.close();
		await world?.stop();
	});

	const heading = (name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
	const navigate = async (...names) => {
		const nav = page.getByRole('navigation', { name: 'Pages' });
		await nav.getByRole('link', { name: names.at(-1) }).click();
		await heading(names.at(-1));
	};
	const action = (name) => page.getByRole('toolbar', { name: 'VPP actions' }).getByRole('button', { name, exact: true });
	const dialog = () => page.getByRole('dialog');
	const search = async (text) => {
		await page.getByRole('textbox', { name: 'Search users' }).fill(text);
		await page.waitForURL((url) => (url.searchParams.get('q') ?? '') === text);
	};
	const row = (name) => page.getByRole('row').filter({ hasText: name });
	const jobDone = async (kind) => {
		const strip = page.getByRole('region', { name: new RegExp(`^${kind}, job`) }).first();
		await strip.getByText(/^(Done|Done with failures|Failed)$/).waitFor({ timeout: 60_000 });
		return strip;
	};
	const pickFile = (what, one) => page.getByLabel(`${what}: file`).setInputFiles(one);
	const look = async (name) => {
		await ui.axe(name);
		await ui.shot(name);
	};
	/** A picture alone: axe takes a second or two, and has seen this kind of page already. */
	const shot = (name) => ui.shot(name);

	it('asks for the set-up code, and refuses a wrong one', async () => {
		ui.forgive(/\/api\/v1\/setup\)/);
		await page.goto('/');
		await heading('Set up Pomona');
		await page.getByLabel('Set-up code').fill('AAAA-BBBB-CCCC');
		await page.getByLabel('User name').fill(OWNER.name);
		await page.getByLabel('Password', { exact: false }).first().fill(OWNER.password);
		await page.getByRole('button', { name: 'Create the owner' }).click();
		await page.getByRole('heading', { level: 2 }).filter({ hasText: /code/i }).waitFor();
		await shot('setup-refused');
	});

	it('makes the first owner', async () => {
		await page.getByLabel('Set-up code').fill(world.setupCode);
		await page.getByRole('button', { name: 'Create the owner' }).click();
		await page.getByRole('heading', { level: 2, name: 'Connect to Apple' }).waitFor();
		await page.getByRole('link', { name: 'Leave set-up' }).click();
		await heading('Dashboard');
		await page.getByRole('link', { name: 'Connect to Apple' }).waitFor();
		await look('dashboard-first');
	});

	it('signs out, and in again', async () => {
		ui.forgive(/\/api\/v1\/session\)/);
		await page.getByRole('button', { name: `Signed in as ${OWNER.name}` }).click();
		await page.getByRole('menuitem', { name: 'Sign out' }).click();
		await heading('Sign in');
		await page.getByLabel('User name').fill(OWNER.name);
		await page.getByLabel('Password', { exact: false }).first().fill('not the password at all');
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.getByRole('heading', { level: 2 }).waitFor();
		await look('sign-in-refused');
		await page.getByLabel('Password', { exact: false }).first().fill(OWNER.password);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await heading('Dashboard');
	});

	it('has the pages by their names', async () => {
		const nav = page.getByRole('navigation', { name: 'Pages' });
		for (const name of ['Dashboard', 'User', 'Device', 'Application', 'Job', 'History', 'Audit']) {
			await nav.getByRole('link', { name, exact: true }).click();
			await heading(name);
			await shot(`empty-${name.toLowerCase()}`);
		}
		await nav.getByRole('button', { name: 'Setting' }).waitFor();
	});

	it('refuses what is not a token, each with its own sentence', async () => {
		ui.forgive(/\/api\/v1\/locations/);
		await navigate('VPP Server Setting');
		const sentences = new Set();
		for (const wrong of [file('photo.vpptoken', '\u0000\u0001 not base64 at all!'), file('text.vpptoken', Buffer.from('not json').toString('base64')), file('old.vpptoken', await world.expiredToken()), file('revoked.vpptoken', await world.revokedToken())]) {
			await pickFile('Choose token file', wrong);
			const alert = page.getByRole('heading', { level: 2, name: /The token was not taken/ });
			await alert.waitFor();
			const words = await page.locator('.pf-v6-c-alert').filter({ has: alert }).locator('.pf-v6-c-alert__description p').first().textContent();
			assert.ok(words && words.length > 20, 'a sentence, not a code');
			sentences.add(words);
		}
		assert.equal(sentences.size, 4, [...sentences].join('\n'));
		await shot('token-refused');
	});

	it('takes the token after asking, since another server manages the location', async () => {
		await world.ask('POST', '/control/locations/first/mdm-info', { id: 'another', name: 'Other MDM' });
		await pickFile('Choose token file', file('orchard.vpptoken', await world.token()));
		await dialog().getByRole('heading', { name: 'Take over this location?' }).waitFor();
		await dialog().getByText(/Other MDM/).waitFor();
		await shot('take-over');
		await dialog().getByRole('button', { name: 'OK, take over' }).click();
		await page.getByRole('heading', { level: 2, name: 'Location' }).waitFor();
		const card = page.getByRole('region', { name: 'Location', exact: true });
		await card.getByText(world.location.organisation).first().waitFor();
		await card.getByText(/\d+ days left/).waitFor();
		await card.getByText('Pomona (the owner mark at Apple is ours)').waitFor();
		await page.getByRole('button', { name: 'Add location' }).click();
		await pickFile('Choose token file', file('orchard.vpptoken', await world.token()));
		await page.getByRole('heading', { level: 2, name: /The token was not taken/ }).waitFor();
		await page.getByText(/which is here already/).waitFor();
		await page.getByRole('button', { name: 'Add location' }).click();
		await card.getByRole('button', { name: 'Renew token' }).click();
		await pickFile('Choose renewed token file', file('other.vpptoken', (await world.twin.location({ name: 'Pear', organisation: 'Pear School' })).token_file));
		await page.getByText(/This token opens the location Pear of Pear School/).waitFor();
		await card.getByRole('button', { name: 'Paste the text of the file instead' }).click();
		await card.getByLabel('Text of the .vpptoken file').fill(await world.token());
		await ui.axe('a token as text');
		await card.getByRole('button', { name: 'Use this text' }).click();
		await page.getByText(/uses already\. Nothing was changed/).waitFor();
		await card.getByLabel('Text of the .vpptoken file').fill((await world.twin.post('/control/locations/first/tokens')).token_file);
		await card.getByRole('button', { name: 'Use this text' }).click();
		await page.getByText(/The token of .* was renewed/).first().waitFor();
		await card.getByRole('button', { name: 'Test connection' }).click();
		await card.getByText(/Apple answered after \d+ ms and takes the token\.$/).waitFor();
		const [reminder] = await Promise.all([page.waitForEvent('download'), card.getByRole('button', { name: 'Calendar reminder' }).click()]);
		assert.match(readFileSync(await reminder.path(), 'utf8'), /^BEGIN:VCALENDAR\r\n[\s\S]*DTSTART;VALUE=DATE:\d{8}\r\n[\s\S]*TRIGGER:-P30D\r\n[\s\S]*END:VCALENDAR\r\n$/);
	});

	it('sets automatic sync, and says the next five runs', async () => {
		const card = page.getByRole('region', { name: 'Automatic sync' });
		await card.getByLabel('On weekdays, at a time').check();
		await card.getByLabel('At', { exact: true }).fill('02:30');
		await card.getByLabel('Sat').uncheck();
		await card.getByLabel('Sun').uncheck();
		await card.getByLabel('Time zone').selectOption('Europe/Berlin');
		await card.getByText(/^Clocks go (forward|back) on .+; runs keep their time of day\.$/).waitFor();
		await card.getByRole('button', { name: 'Save' }).click();
		await card.getByRole('listitem').filter({ hasText: /02:30/ }).nth(4).waitFor();
		assert.equal(await card.getByText(/Saturday|Sunday/).count(), 0);
	});

	it('sets the message channel, the mail server and the MDM', async () => {
		const channel = page.getByRole('region', { name: 'Invitation message' });
		await channel.getByLabel('E-mail', { exact: true }).check();
		await channel.getByRole('button', { name: 'Save' }).click();
		const mail = page.getByRole('region', { name: 'Mail server (SMTP)' });
		await mail.getByLabel('Host').fill('127.0.0.1');
		await mail.getByLabel('Port').fill(String(world.smtpPort));
		await mail.getByLabel('Encryption').selectOption('none');
		await mail.getByLabel('Sender’s address').fill('it@example.org');
		await mail.getByLabel('Sender’s name').fill('Orchard IT');
		await mail.getByRole('button', { name: 'Save' }).click();
		await mail.getByLabel('Send a test message to').fill('mira@example.org');
		await mail.getByRole('button', { name: 'Send test' }).click();
		await mail.getByLabel('Conversation with the mail server').getByText(/EHLO|250/).waitFor();
		const mdm = page.getByRole('region', { name: 'MDM connector' });
		await mdm.getByLabel('Address').fill(world.mdmUrl);
		await mdm.getByRole('button', { name: 'Save' }).click();
		await page.getByText('Not saved').waitFor({ state: 'detached' });
		await look('vpp-server-setting');
	});

	it('imports people: preview with the bad rows, then apply', async () => {
		await navigate('User');
		await page.getByRole('button', { name: 'Import' }).first().click();
		await pickFile('Choose CSV file', file('people.csv', `\ufeff${PEOPLE_FILE}`));
		await page.getByRole('heading', { level: 2, name: 'Rows of the file' }).waitFor();
		const bad = page.locator('[data-verdict="bad"] dd');
		assert.equal(await bad.textContent(), '2');
		assert.equal(await page.locator('[data-verdict="add"] dd').textContent(), '63');
		await row('66').getByText(/address|e-mail/i).first().waitFor();
		await look('import-preview');
		await page.getByRole('button', { name: 'Apply 63 rows' }).click();
		await page.getByText('Applied: 63 added, 0 changed.').waitFor();
		await shot('import-applied');
	});

	it('imports their devices', async () => {
		await page.getByRole('link', { name: 'Import devices' }).click();
		await pickFile('Choose CSV file', file('devices.csv', DEVICES_FILE));
		await page.getByRole('button', { name: 'Apply 62 rows' }).click();
		await page.getByText('Applied: 62 added, 0 changed.').waitFor();
		await navigate('Device');
		await page.getByText('SERIAL0001').waitFor();
		await look('devices');
	});

	it('lists, searches and filters users, with the filter in the address', async () => {
		await navigate('User');
		await page.getByText('63 users').first().waitFor();
		await search('köhler');
		await page.getByText('1 of 63 users').waitFor();
		await row('Noah Köhler').waitFor();
		assert.equal(await page.getByRole('row').count(), 2);
		await page.getByRole('button', { name: 'Clear all filters' }).click();
		await page.getByRole('link', { name: 'Eligible iOS device users' }).click();
		await page.getByText('62 of 63 users').waitFor();
		assert.equal(new URL(page.url()).searchParams.get('platform'), 'iOS,iPadOS');
		await page.getByRole('button', { name: 'Name' }).click();
		await row('Zoë van der Meer').waitFor();
		await page.reload();
		await row('Zoë van der Meer').waitFor();
		await page.goBack();
		await page.getByRole('link', { name: 'All', exact: true }).click();
	});

	it('has the three actions disabled with a reason until somebody is selected', async () => {
		for (const name of ['Send VPP invitation', 'Sync VPP', 'Delete from VPP']) {
			assert.equal(await action(name).getAttribute('aria-disabled'), 'true');
		}
		await page.getByRole('checkbox', { name: 'Select Person 01' }).check();
		assert.notEqual(await action('Send VPP invitation').getAttribute('aria-disabled'), 'true');
		assert.equal(await action('Delete from VPP').getAttribute('aria-disabled'), 'true');
		await page.getByRole('button', { name: 'Clear selection' }).click();
	});

	it('sends invitations to all that match, and says who is skipped and why', async () => {
		await page.getByRole('button', { name: 'More ways to select' }).click();
		await page.getByRole('menuitem', { name: 'Select all matching (63)' }).click();
		await page.getByText('All 63 matching users are selected.').waitFor();
		await action('Send VPP invitation').click();
		await dialog().getByRole('heading', { name: 'Send VPP invitation to 62 users?' }).waitFor();
		await dialog().getByText('1 will be skipped').waitFor();
		await dialog().getByText(/has no device/).first().waitFor();
		await look('invite-dialog');
		await dialog().getByRole('button', { name: 'OK, send' }).click();
		const strip = await jobDone('Send VPP invitation');
		await shot('invite-done');
		await strip.getByRole('link', { name: /^Job \d+$/ }).click();
		await page.getByRole('navigation', { name: 'Results' }).getByRole('link', { name: 'Failed' }).click();
		await row('Noah Köhler').getByText(/e-mail/i).first().waitFor();
		await look('job-invite');
	});

	it('shows acceptance within seconds', async () => {
		await navigate('User');
		await search('zoë');
		await row('Zoë').getByText('Invited').waitFor();
		const link = await world.invitationLink('zoe@example.org');
		const person = await ui.context.newPage();
		await person.goto(link);
		await person.getByLabel('Apple Account').fill('zoe@icloud.example');
		await person.getByRole('button', { name: 'Accept' }).click();
		await person.getByRole('heading', { name: 'You have joined' }).waitFor();
		await person.close();
		await row('Zoë').getByText('Associated').waitFor({ timeout: 30_000 });
		await row('Zoë').getByRole('link').click();
		await heading('Zoë van der Meer');
		await page.locator('[data-why-not]').getByText(/accepted|associated/i).waitFor();
		await look('person');
	});

	it('brings an e-mail changed here to Apple: Sync VPP shows its plan first', async () => {
		await page.getByRole('button', { name: 'Edit' }).click();
		await dialog().getByLabel('E-mail').fill('zoe.new@example.org');
		await dialog().getByRole('button', { name: 'Save' }).click();
		await dialog().waitFor({ state: 'detached' });
		await action('Sync VPP').click();
		await dialog().getByText(/zoe\.new@example\.org/).waitFor();
		await look('sync-plan');
		await dialog().getByRole('button', { name: 'OK, sync' }).click();
		await jobDone('Sync VPP');
		assert.equal((await world.twinUser('zoe.new@example.org'))?.status, 'Associated');
	});

	it('syncs the whole location by hand', async () => {
		await navigate('VPP Server Setting');
		await page.getByRole('button', { name: 'Sync now' }).click();
		await dialog().getByText('Apple and Pomona are in step. There is nothing to change.').waitFor({ timeout: 60_000 });
		await dialog().getByRole('button', { name: 'OK, sync' }).click();
		await jobDone('Sync VPP');
		await navigate('Application');
		await page.getByRole('row').nth(5).waitFor();
		await look('applications');
	});

	it('deletes from VPP after a prompt; the person stays', async () => {
		await navigate('User');
		await search('zoë');
		await page.getByRole('checkbox', { name: /Select Zoë/ }).check();
		await action('Delete from VPP').click();
		await dialog().getByRole('heading', { name: 'Delete 1 user from VPP?' }).waitFor();
		await look('delete-dialog');
		await dialog().getByRole('button', { name: 'Cancel' }).click();
		assert.equal(await action('Delete from VPP').evaluate((button) => button === document.activeElement), true, 'the focus returns to the button');
		await action('Delete from VPP').click();
		await dialog().getByRole('button', { name: 'OK, delete' }).click();
		await jobDone('Delete from VPP');
		await row('Zoë').getByText(/Not a VPP user|Removed/).waitFor();
		assert.equal((await world.twinUser('zoe.new@example.org'))?.status, 'Retired');
	});

	it('says who took the location and since when, and offers three ways out', async () => {
		world.expectLog(/lane\.held/);
		await world.ask('POST', '/control/locations/first/mdm-info', { id: 'another', name: 'Other MDM' });
		await world.pomona.post('/api/v1/vpp-users/sync', {});
		await page.goto('/setting/ios/vpp');
		await page.getByText(/Other MDM has managed this location since/).waitFor();
		await page.getByRole('button', { name: 'Choose what to do' }).click();
		await dialog().getByText(/Other MDM has managed this location since/).waitFor();
		await look('taken-by-other');
		await dialog().getByLabel('Take it back').check();
		await dialog().getByRole('button', { name: 'OK, take back' }).click();
		await page.getByText('Pomona (the owner mark at Apple is ours)').waitFor();
	});

	it('can be read by someone in the dark and on a telephone', async () => {
		await page.emulateMedia({ colorScheme: 'dark' });
		for (const [name, to] of [['dashboard', '/dashboard'], ['user', '/user'], ['vpp-server', '/setting/ios/vpp'], ['job', '/job'], ['history', '/history'], ['audit', '/audit']]) {
			await page.setViewportSize({ width: 1280, height: 900 });
			await page.goto(to);
			await page.getByRole('heading', { level: 1 }).waitFor();
			await page.waitForFunction(() => ![...document.querySelectorAll('[role=status]')].some((one) => one.textContent.startsWith('Loading')));
			await (['user', 'vpp-server'].includes(name) ? look : shot)(`dark-${name}`);
			await page.setViewportSize({ width: 360, height: 780 });
			assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), `${to} does not scroll sideways`);
			await (name === 'user' ? look : shot)(`narrow-${name}`);
		}
	});

	it('left no error in the console', () => ui.assertQuiet());
});
