// The seed's story from the set-up code to the last deletion by somebody who has no mouse: every step is a key, what is
// pressed is reached with Tab or a shortcut, and no mouse event is ever seen by the page.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { devicesCsv, mailOf, names, peopleCsv } from '../stories/lib/school.mjs';
import { openBrowser } from './lib/browser.mjs';
import { OWNER, startWorld } from './lib/world.mjs';

const WHO = [...names(20), 'zoe'];
const STOPS_MOST = 120;

describe('by keyboard alone', { concurrency: false }, () => {
	let world, ui, page;

	before(async () => {
		world = await startWorld({ doors: true });
		ui = await openBrowser({ base: world.portal });
		page = ui.page;
		page.on('filechooser', () => undefined); // from the start: taken on only with the key, it may come too late
		await ui.context.addInitScript(() => {
			window.mice = [];
			for (const type of ['pointerdown', 'mousedown', 'touchstart', 'dragstart']) addEventListener(type, (event) => window.mice.push(`${type} on ${event.target.outerHTML?.slice(0, 80)}`), true);
		});
	});
	after(async () => {
		await ui?.close();
		await world?.stop();
	});

	const key = (...keys) => keys.reduce((before, one) => before.then(() => page.keyboard.press(one)), Promise.resolve());
	const type = (text) => page.keyboard.type(text);
	const heading = (name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
	const dialog = () => page.getByRole('dialog');
	const hasFocus = (what) => what.evaluate((one) => one === document.activeElement || (one.contains(document.activeElement) && !one.matches('button, a, input')));
	/** The focus comes back a moment after a dialog is gone. */
	const getsFocus = async (what) => page.waitForFunction((one) => one === document.activeElement, await what.elementHandle());
	/** Walks with Tab until it has the focus; what has the focus on the way can be seen. */
	async function tabTo(what, how = 'Tab') {
		await what.waitFor();
		for (let stops = 0; stops < STOPS_MOST; stops++) {
			if (await hasFocus(what)) return what;
			await key(how);
			const hidden = await page.evaluate(() => {
				const one = document.activeElement;
				if (!one || one === document.body || one.matches('.pomona-hidden-file')) return null;
				const box = one.getBoundingClientRect();
				if (box.width === 0 || box.height === 0) return one.outerHTML.slice(0, 120);
				return null;
			});
			assert.equal(hidden, null, 'what has the focus can be seen');
		}
		throw new Error(`Tab does not lead to ${what}`);
	}
	const press = async (what) => {
		await tabTo(what);
		await key('Enter');
	};
	const write = async (what, text) => {
		await tabTo(what);
		await key('Control+A');
		await type(text);
	};
	const choose = async (button, name, text) => {
		await tabTo(button);
		const [chooser] = await Promise.all([page.waitForEvent('filechooser'), key('Enter')]);
		await chooser.setFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });
	};
	const button = (name) => page.getByRole('button', { name, exact: true });
	const row = (name) => page.getByRole('row').filter({ hasText: name });
	const jobDone = (kind) => page.getByRole('region', { name: new RegExp(`^${kind}, job`) }).first().getByText('Done', { exact: true }).waitFor({ timeout: 60_000 });
	/** By its name in the search box, then out of the box so that letters are shortcuts again. */
	const find = async (text) => {
		await key('/');
		await key('Control+A');
		await type(text);
		await page.waitForURL((url) => url.searchParams.get('q') === text);
		await page.getByText(/^1 of \d+ users$/).waitFor();
		await key('Tab', 'Tab');
	};

	it('makes the owner and leaves set-up', async () => {
		await page.goto('/');
		await heading('Set up Pomona');
		await write(page.getByLabel('Set-up code'), world.setupCode);
		await write(page.getByLabel('User name'), OWNER.name);
		await write(page.getByLabel('Password', { exact: false }).first(), OWNER.password);
		await key('Enter');
		await page.getByRole('heading', { level: 2, name: 'Connect to Apple' }).waitFor();
		await press(page.getByRole('link', { name: 'Leave set-up' }));
		await heading('Dashboard');
	});

	it('connects to Apple, sets the schedule and the way of the messages', async () => {
		await key('g', 's');
		await heading('VPP Server Setting');
		await choose(button('Choose token file'), 'orchard.vpptoken', world.token());
		const schedule = page.getByRole('region', { name: 'Automatic sync' });
		await schedule.waitFor();
		await tabTo(schedule.getByRole('radio', { checked: true }));
		while (!await hasFocus(schedule.getByLabel('On weekdays, at a time'))) await key('ArrowDown');
		await press(schedule.getByRole('button', { name: 'Save' }));
		await schedule.getByRole('listitem').nth(4).waitFor();
		const channel = page.getByRole('region', { name: 'Invitation message' });
		await tabTo(channel.getByRole('radio', { checked: true }));
		while (!await hasFocus(channel.getByLabel('E-mail', { exact: true }))) await key('ArrowDown');
		await press(channel.getByRole('button', { name: 'Save' }));
		await page.getByText('Not saved').waitFor({ state: 'detached' });
	});

	it('imports people and their devices', async () => {
		await key('g', 'u');
		await heading('User');
		await press(button('Import').first());
		await choose(button('Choose CSV file'), 'people.csv', peopleCsv(WHO));
		await press(button('Apply 21 rows'));
		await page.getByText('Applied: 21 added, 0 changed.').waitFor();
		await press(page.getByRole('link', { name: 'Import devices' }));
		await choose(button('Choose CSV file'), 'devices.csv', devicesCsv(WHO));
		await press(button('Apply 21 rows'));
		await page.getByText('Applied: 21 added, 0 changed.').waitFor();
	});

	it('goes through rows, selects some and all, and takes the selection back', async () => {
		await key('g', 'u');
		await heading('User');
		await row('u00002').waitFor();
		await key('j', 'x', 'j', 'j', 'Shift+X');
		await page.locator('.pomona-selection').getByText('3 users are selected.').waitFor();
		assert.ok(await hasFocus(page.getByRole('checkbox', { name: 'Select u00003 Apple' })));
		const stops = [];
		for (let tab = 0; tab < 3; tab++) {
			await key('Tab');
			stops.push(await page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent));
		}
		assert.deepEqual(stops, ['u00003 Apple', 'Actions for u00003 Apple', 'Select u00004 Apple'], 'three stops a row');
		await key('Escape');
		await page.locator('.pomona-selection').waitFor({ state: 'detached' });
		await key('Shift+A', 'Shift+A');
		await page.locator('.pomona-selection').getByText('All 21 matching users are selected.').waitFor();
		await page.locator('[aria-live=polite]').getByText('21 users are selected.').waitFor({ state: 'attached' });
	});

	it('sends VPP invitations', async () => {
		await key('i');
		await dialog().getByRole('heading', { name: 'Send VPP invitation to 21 users?' }).waitFor();
		await press(dialog().getByRole('button', { name: 'OK, send' }));
		await jobDone('Send VPP invitation');
	});

	it('sees somebody accept, as they did with keys alone', async () => {
		const link = await world.invitationLink(mailOf('zoe'));
		const mine = page;
		page = await ui.context.newPage();
		await page.goto(link);
		await write(page.getByLabel('Apple Account'), 'zoe@icloud.example');
		await key('Enter');
		await page.getByRole('heading', { name: 'You have joined' }).waitFor();
		await page.close();
		page = mine;
		await find('zoe');
		await row('zoe').getByText('Associated').waitFor({ timeout: 30_000 });
	});

	it('changes the e-mail on the user’s page, and syncs it to Apple', async () => {
		await press(page.getByRole('link', { name: 'zoe Apple' }));
		await heading('zoe Apple');
		await press(button('Edit'));
		await write(dialog().getByLabel('E-mail'), 'zoe.new@example.org');
		await press(dialog().getByRole('button', { name: 'Save' }));
		await dialog().waitFor({ state: 'detached' });
		await getsFocus(button('Edit'));
		await key('y');
		await dialog().getByText(/zoe\.new@example\.org/).waitFor();
		await press(dialog().getByRole('button', { name: 'OK, sync' }));
		await jobDone('Sync VPP');
		assert.equal((await world.twinUser('zoe.new@example.org'))?.status, 'Associated');
	});

	it('deletes from VPP after a prompt', async () => {
		await key('g', 'u');
		await heading('User');
		await row('u00002').waitFor();
		await find('zoe');
		await key('j', 'x', 'Delete');
		await dialog().getByRole('heading', { name: 'Delete 1 user from VPP?' }).waitFor();
		await key('Escape');
		await dialog().waitFor({ state: 'detached' });
		await getsFocus(button('Delete from VPP'));
		await page.locator('.pomona-selection').getByText('1 user is selected.').waitFor();
		await key('Delete');
		await press(dialog().getByRole('button', { name: 'OK, delete' }));
		await dialog().waitFor({ state: 'detached' });
		await getsFocus(button('Delete from VPP'));
		await jobDone('Delete from VPP');
		assert.equal((await world.twinUser('zoe.new@example.org'))?.status, 'Retired');
	});

	it('lists the shortcuts, and can switch them off and on', async () => {
		await key('?');
		await dialog().getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
		await ui.axe('the list of shortcuts');
		const off = page.waitForResponse((answer) => answer.url().endsWith('/preferences') && answer.request().method() === 'PUT');
		await tabTo(dialog().getByRole('switch', { name: 'Shortcuts of one key' }));
		await key('Space');
		await off;
		await key('Escape');
		await dialog().waitFor({ state: 'detached' });
		await key('g', 'd', '?');
		assert.equal(await dialog().count(), 0);
		assert.equal(new URL(page.url()).pathname, '/user');
		await tabTo(button(`Signed in as ${OWNER.name}`), 'Shift+Tab');
		await key('Enter');
		await tabTo(page.getByRole('menuitem', { name: 'Keyboard shortcuts' }), 'ArrowDown');
		await key('Enter');
		await tabTo(dialog().getByRole('switch', { name: 'Shortcuts of one key' }));
		await key('Space', 'Escape');
		await dialog().waitFor({ state: 'detached' });
		await key('g', 'j');
		await heading('Job');
	});

	it('left no error in the console, and no mouse was seen', async () => {
		assert.deepEqual(await page.evaluate(() => window.mice), []);
		ui.assertQuiet();
	});
});
