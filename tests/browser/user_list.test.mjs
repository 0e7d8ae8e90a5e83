// User > list of users with several hundred people: searching, choosing, selecting, and what stays of it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { devicesCsv, mailOf, names, peopleCsv } from '../stories/lib/school.mjs';
import { openBrowser } from './lib/browser.mjs';
import { startWorld } from './lib/world.mjs';

const WHO = names(130);

describe('the list of users', { concurrency: false }, () => {
	let world, ui, page;

	before(async () => {
		world = await startWorld({ doors: true });
		const { pomona } = world;
		const location = await pomona.addLocation(world.token());
		await pomona.patch(`/api/v1/locations/${location.id}`, { message_channel: 'email' });
		await pomona.import('people', peopleCsv(WHO, { u00007: { active: 'no' } }));
		await pomona.import('devices', devicesCsv(WHO.slice(0, 120), { u00003: { platform: 'iOS' } }));
		ui = await openBrowser({ base: world.portal });
		page = ui.page;
		await world.begin(ui);
		await page.goto('/user');
		await page.getByText('130 users').first().waitFor();
	});
	after(async () => {
		await ui?.close();
		await world?.stop();
	});

	const row = (name) => page.getByRole('row').filter({ hasText: name });
	const box = (name) => page.getByRole('checkbox', { name: `Select ${name} Apple` });
	const action = (name) => page.getByRole('toolbar', { name: 'VPP actions' }).getByRole('button', { name, exact: true });
	const chosen = (words) => page.locator('.pomona-selection').getByText(words);
	const dialog = () => page.getByRole('dialog');
	const tab = (name) => page.getByRole('navigation', { name: 'Ready-made filters' }).getByRole('link', { name, exact: true });
	const said = (text) => page.locator('[aria-live=polite]').getByText(text).waitFor({ state: 'attached' });

	it('finds while typing, marks what was found, and says how many', async () => {
		const asked = [];
		page.on('request', (request) => { if (/\/people\?/.test(request.url())) asked.push(new URL(request.url()).searchParams.get('q')); });
		// All keys in one moment, whatever else this machine does.
		await page.getByRole('textbox', { name: 'Search users' }).evaluate((box) => {
			const put = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
			for (let end = 1; end <= 5; end++) {
				put.call(box, 'U0001'.slice(0, end));
				box.dispatchEvent(new Event('input', { bubbles: true }));
			}
		});
		await row('u00010').locator('mark').first().waitFor();
		assert.equal(await row('u00010').locator('mark').first().textContent(), 'u0001');
		await said('10 users found');
		assert.ok(!asked.includes('U0'), 'waits for a pause in typing');
		await page.getByText('10 of 130 users').waitFor();
		await ui.axe('the list, searched');
		await page.getByRole('button', { name: 'Remove filter Search: U0001' }).click();
		await page.getByText('130 users').first().waitFor();
	});

	it('narrows by several states at once, each a chip of its own', async () => {
		await tab('VPP users').click();
		await page.getByText('No users match').waitFor();
		assert.equal(await page.getByRole('list', { name: 'Filters in use' }).getByRole('listitem').count(), 7);
		await tab('Eligible iOS device users').click();
		await page.getByText('119 of 130 users').waitFor();
		await page.getByRole('button', { name: 'Remove filter Platform: iPadOS' }).click();
		await page.getByText('1 of 130 users').waitFor();
		await page.getByRole('button', { name: 'Platform: 1 chosen' }).click();
		await page.getByRole('checkbox', { name: 'iPadOS' }).check();
		await page.getByText('119 of 130 users').waitFor();
		await ui.axe('a filter of several choices');
		await page.keyboard.press('Escape');
		await tab('All').click();
	});

	it('selects a range, keeps it over pages, and takes a cleared one back', async () => {
		await box('u00002').check();
		await box('u00005').click({ modifiers: ['Shift'] });
		await chosen('4 users are selected.').waitFor();
		await page.getByRole('button', { name: 'Next page' }).click();
		await box('u00051').check();
		await chosen('5 users are selected.').waitFor();
		await page.getByRole('button', { name: 'Clear selection' }).click();
		await page.getByRole('button', { name: 'Undo' }).click();
		await chosen('5 users are selected.').waitFor();
		await page.getByRole('button', { name: 'Review selection' }).click();
		await dialog().getByRole('button', { name: 'Remove u00003 Apple from the selection' }).click();
		await dialog().getByRole('heading', { name: '4 users are selected.' }).waitFor();
		await ui.axe('reviewing a selection');
		await dialog().getByRole('button', { name: 'Close' }).last().click();
		await page.getByRole('link', { name: 'u00051 Apple' }).click();
		await page.getByRole('heading', { level: 1, name: 'u00051 Apple' }).waitFor();
		await page.goBack();
		await chosen('4 users are selected.').waitFor();
		await page.getByRole('button', { name: 'Clear selection' }).click();
	});

	it('selects a range by the keyboard', async () => {
		await page.getByRole('button', { name: 'First page' }).click();
		await box('u00003').focus();
		await page.keyboard.press('Space');
		await box('u00008').focus();
		await page.keyboard.press('Shift+Space');
		await chosen('6 users are selected.').waitFor();
		await box('u00006').focus();
		await page.keyboard.press('Shift+Space');
		await chosen('3 users are selected.').waitFor();
		await page.keyboard.press('Escape');
		await page.locator('.pomona-selection').waitFor({ state: 'detached' });
	});

	it('sorts by a column both ways, and keeps it in the address and the file', async () => {
		const head = (name) => page.getByRole('columnheader', { name });
		const first = () => page.locator('table[data-rows] tbody tr').first();
		await head('VPP status').getByRole('button').click();
		await page.waitForURL(/sort=state$/);
		await head('E-mail').getByRole('button').click();
		await first().getByText('u00001 Apple').waitFor();
		assert.equal(await head('E-mail').getAttribute('aria-sort'), 'ascending');
		await head('E-mail').getByRole('button').click();
		await first().getByText('u00130 Apple').waitFor();
		assert.equal(await head('E-mail').getAttribute('aria-sort'), 'descending');
		await page.reload();
		await first().getByText('u00130 Apple').waitFor();
		const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export CSV' }).click()]);
		assert.match((await readFile(await file.path(), 'utf8')).split('\r\n')[1], /^"u00130"/);
		await page.getByRole('button', { name: 'Next page' }).click();
		await first().getByText('u00080 Apple').waitFor();
		await ui.axe('a list sorted by e-mail');
		await tab('All').click();
	});

	it('selects all of a search that is not counted to its end', async () => {
		let answered;
		const until = new Promise((done) => { answered = done; });
		// As with a million users: the quick count stops early, the exact one takes its time.
		await page.route(/\/people\?.*count=1/, async (route) => {
			const asked = new URL(route.request().url()).searchParams;
			if (!asked.get('q')) return route.continue();
			if (asked.get('exact')) await until;
			const answer = await route.fetch(), list = await answer.json();
			return route.fulfill({ response: answer, json: asked.get('exact') ? list : { ...list, total: 100, total_is_more: true } });
		});
		await page.getByRole('textbox', { name: 'Search users' }).fill('orchard');
		await page.getByText('At least 100 of 130 users').waitFor();
		await page.getByRole('checkbox', { name: 'Select all rows of this page' }).check();
		await chosen('All 50 users on this page are selected.').waitFor();
		await page.getByRole('button', { name: 'Select all matching users' }).click();
		await chosen('All matching users are selected; they are being counted …').waitFor();
		await page.getByText('All matching selected').waitFor();
		assert.match(await action('Sync VPP').getAttribute('aria-description'), /being counted/);
		answered();
		await chosen('All 130 matching users are selected.').waitFor();
		assert.equal(await action('Send VPP invitation').getAttribute('aria-disabled'), null);
		await page.unroute(/\/people\?.*count=1/);
		await page.getByRole('button', { name: 'Clear selection' }).click();
		await page.getByRole('button', { name: 'Clear all filters' }).click();
	});

	it('ends a selection of all that match when the filter changes, and offers it again', async () => {
		await page.getByRole('button', { name: 'More ways to select' }).click();
		await page.getByRole('menuitem', { name: 'Select all matching (130)' }).click();
		await box('u00004').uncheck();
		await chosen('129 of 130 matching users are selected.').waitFor();
		await tab('Eligible iOS device users').click();
		await page.getByText('The selection was cleared because the filter changed.').waitFor();
		await page.getByRole('button', { name: 'Undo' }).last().click();
		await chosen('129 of 130 matching users are selected.').waitFor();
		await page.getByRole('button', { name: 'Clear selection' }).click();
	});

	it('selects by a pasted list, and names what it does not know', async () => {
		await page.getByRole('button', { name: 'More ways to select' }).click();
		await page.getByRole('menuitem', { name: 'Select by a pasted list' }).click();
		await dialog().getByLabel('List').fill(`u00009\n${mailOf('u00010')}\nC020000011\nnobody@nowhere.example`);
		await dialog().getByRole('button', { name: 'Find' }).click();
		await dialog().getByText('3 lines were found.').waitFor();
		await dialog().getByText('nobody@nowhere.example').last().waitFor();
		await ui.axe('a pasted list');
		await dialog().getByRole('button', { name: 'Select 3 users' }).click();
		await chosen('3 users are selected.').waitFor();
		assert.ok(await box('u00011').isChecked());
	});

	it('syncs everybody as the whole location, without naming each of them', async () => {
		await tab('All').click();
		await page.getByRole('button', { name: 'More ways to select' }).click();
		await page.getByRole('menuitem', { name: 'Select all matching (130)' }).click();
		const [asked] = await Promise.all([page.waitForRequest((request) => request.url().endsWith('/vpp-users/sync')), action('Sync VPP').click()]);
		assert.equal(asked.postDataJSON().selection, undefined);
		await dialog().getByRole('heading', { name: 'Sync the whole location with VPP?' }).waitFor();
		await dialog().getByText('Apple and Pomona are in step. There is nothing to change.').first().waitFor();
		await dialog().getByRole('button', { name: 'Cancel' }).click();
		await page.getByRole('button', { name: 'Clear selection' }).click();
	});

	it('says what changed when the list moved before it was confirmed', async () => {
		ui.forgive(/vpp-users\/invite/);
		await page.getByRole('button', { name: 'More ways to select' }).click();
		await page.getByRole('menuitem', { name: 'Select all matching (130)' }).click();
		await action('Send VPP invitation').click();
		await dialog().getByRole('heading', { name: 'Send VPP invitation to 119 users?' }).waitFor();
		await world.pomona.import('people', peopleCsv([...WHO, 'later'], { u00007: { active: 'no' } }));
		await dialog().getByRole('button', { name: 'OK, send' }).click();
		await dialog().getByText(/The list changed: 131 users now instead of 130/).waitFor();
		await ui.axe('a list that moved');
		await dialog().getByRole('button', { name: 'OK, send' }).click();
		await dialog().waitFor({ state: 'detached' });
		await page.getByRole('region', { name: /^Send VPP invitation, job/ }).first().getByText('Done', { exact: true }).waitFor({ timeout: 60_000 });
	});

	it('asks about those invited a moment ago, sends by another way for once, and shows the mail before', async () => {
		const { pomona } = world;
		const never = await pomona.person('u00007');
		await pomona.patch(`/api/v1/people/${never.id}`, { active: true });
		await page.reload();
		const asked = (title) => dialog().getByRole('heading', { name: title }).waitFor();
		const again = dialog().getByLabel('Also send again to 1 user invited in the last 24 hours');
		const byWay = (name) => dialog().getByRole('radiogroup', { name: 'Send by' }).getByRole('radio', { name, exact: true });
		await box('u00005').check();
		await box('u00007').check();
		await action('Send VPP invitation').click();
		await asked('Send VPP invitation to 1 user?');
		await dialog().getByText('1 will be skipped').waitFor();
		assert.equal(await again.isChecked(), false);
		await again.check();
		await asked('Send VPP invitation to 2 users?');
		assert.ok(await byWay('E-mail').isChecked(), 'as the location says');
		await byWay('Notification, else e-mail').check();
		await dialog().getByRole('button', { name: 'Preview the message' }).click();
		await dialog().getByText('Hello u00005 Apple,').waitFor();
		await ui.axe('the choices of an invitation');
		await ui.shot('invite-choices');
		await page.setViewportSize({ width: 320, height: 720 });
		assert.ok(await dialog().evaluate((one) => one.scrollWidth <= one.clientWidth), 'fits 320 px');
		await ui.shot('invite-choices-320');
		await page.setViewportSize({ width: 1280, height: 900 });
		await dialog().getByRole('button', { name: 'Cancel' }).click();
		await box('u00007').uncheck();
		await action('Send VPP invitation').click();
		await asked('Send VPP invitation to 1 user?');
		await byWay('Notification').waitFor();
		assert.equal(await dialog().getByRole('checkbox').count(), 0, 'all were: there is nothing to ask');
		await byWay('Notification').check();
		await dialog().locator('xpath=self::*[@data-ready]').waitFor();
		await dialog().getByRole('button', { name: 'OK, send' }).click();
		await dialog().waitFor({ state: 'detached' });
		const strip = page.getByRole('region', { name: /^Send VPP invitation, job/ }).first();
		await strip.getByText('Done', { exact: true }).waitFor({ timeout: 60_000 });
		const [job] = (await pomona.get('/api/v1/jobs?kind=invite&limit=1')).items;
		assert.deepEqual([job.channel, job.done], ['notification', 1]);
		await pomona.patch(`/api/v1/people/${never.id}`, { active: false });
		await page.reload();
	});

	it('asks for the number to be typed before a hundred users are deleted', async () => {
		await tab('Not accepted yet').click();
		await page.getByText('119 of 131 users').waitFor();
		await page.getByRole('checkbox', { name: 'Select all rows of this page' }).check();
		await page.getByRole('button', { name: 'Select all 119 matching users' }).click();
		await action('Delete from VPP').click();
		const ok = dialog().getByRole('button', { name: 'OK, delete' });
		await dialog().getByLabel('To confirm, type 119').waitFor();
		assert.ok(await ok.isDisabled());
		await dialog().getByLabel('To confirm, type 119').fill('118');
		assert.ok(await ok.isDisabled());
		await dialog().getByLabel('To confirm, type 119').fill('119');
		assert.ok(await ok.isEnabled());
		await ui.axe('deleting many');
		await dialog().getByRole('button', { name: 'Cancel' }).click();
		await page.getByRole('button', { name: 'Clear selection' }).click();
		await tab('All').click();
	});

	it('offers the actions on each row, with the reason of those that cannot be', async () => {
		const menu = page.getByRole('button', { name: 'Actions for u00001 Apple' });
		await menu.click();
		const wish = page.getByRole('menuitem', { name: 'Delete from VPP' });
		await wish.waitFor();
		await ui.axe('a row’s menu');
		await wish.click();
		await dialog().getByRole('heading', { name: 'Delete 1 user from VPP?' }).waitFor();
		await dialog().getByRole('button', { name: 'Cancel' }).click();
		await page.waitForFunction((button) => button === document.activeElement, await menu.elementHandle());
		await page.getByRole('button', { name: 'Actions for u00007 Apple' }).click();
		await page.getByRole('menuitem', { name: /Send VPP invitation/ }).getByText(/inactive|not active/i).waitFor();
		await page.keyboard.press('Escape');
	});

	it('keeps columns, order and density for the administrator, and puts them into the file', async () => {
		await page.getByRole('button', { name: 'Columns and density' }).click();
		await dialog().getByRole('checkbox', { name: 'Department' }).uncheck();
		await dialog().getByRole('checkbox', { name: 'Language' }).check();
		await dialog().getByRole('checkbox', { name: 'Licences' }).check();
		await dialog().getByRole('checkbox', { name: 'Last sync' }).check();
		for (let up = 0; up < 3; up++) await dialog().getByRole('button', { name: 'Move Language up' }).click();
		await dialog().getByLabel(/^Comfortable/).check();
		await ui.axe('choosing columns');
		const kept = page.waitForResponse((answer) => answer.url().endsWith('/preferences') && answer.request().method() === 'PUT');
		await dialog().getByRole('button', { name: 'Save' }).click();
		await kept;
		await page.reload();
		await page.getByRole('columnheader', { name: 'Language' }).waitFor();
		assert.equal(await page.getByRole('columnheader', { name: 'Department' }).count(), 0);
		await page.getByRole('columnheader', { name: 'Licences' }).waitFor();
		await page.getByRole('columnheader', { name: 'Last sync' }).getByRole('button').click();
		await page.waitForURL(/sort=synced/);
		await tab('Not accepted yet').click();
		await page.getByText('119 of 131 users').waitFor();
		const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export CSV' }).click()]);
		const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
		assert.match(lines[0], /^\ufeff?user_name,display_name,email,devices,platforms,vpp_state,failed_reason,licences,synced_at,language$/);
		assert.equal(lines.length, 120);
		assert.match(lines[1], /^"u00001","u00001 Apple",.*,"invited","","0","20[^"]+","en"$/);
	});

	it('saves the list under a name, for everybody', async () => {
		await page.getByRole('button', { name: 'Save view' }).click();
		await dialog().getByLabel('Name').fill('Still to accept');
		await dialog().getByLabel('Show it to all administrators').check();
		await dialog().getByRole('button', { name: 'Save' }).click();
		await tab('Still to accept').waitFor();
		await tab('All').click();
		await page.getByText('131 users', { exact: true }).waitFor();
		await tab('Still to accept').click();
		await page.getByText('119 of 131 users').waitFor();
		await page.getByRole('button', { name: 'Save view' }).click();
		await dialog().getByRole('button', { name: 'Remove the view Still to accept' }).click();
		await tab('Still to accept').waitFor({ state: 'detached' });
		await dialog().getByRole('button', { name: 'Cancel' }).click();
	});

	it('left no error in the console', () => ui.assertQuiet());
});
