// A page that is open while the session ends or the server goes away: nothing on it is lost.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from './lib/browser.mjs';
import { OWNER, startWorld } from './lib/world.mjs';

describe('interruptions', { concurrency: false }, () => {
	let world, ui, page;

	before(async () => {
		world = await startWorld();
		ui = await openBrowser({ base: world.portal });
		page = ui.page;
		await world.begin(ui);
		await page.goto('/');
		await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
	});
	after(async () => {
		await ui?.close();
		await world?.stop();
	});

	it('asks for the password over the page when the session ends, and keeps what was typed', async () => {
		await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'User', exact: true }).click();
		await page.getByRole('button', { name: 'Add user' }).click();
		await page.locator('#user_name').fill('kenji');
		await page.locator('#display_name').fill('Kenji Sato');
		await ui.context.clearCookies();
		await page.getByRole('button', { name: 'Save' }).click();
		const question = page.getByRole('dialog', { name: 'Your session has ended' });
		await question.waitFor();
		await ui.shot('session-ended');
		await question.getByLabel('Password', { exact: false }).first().fill(OWNER.password);
		await question.getByRole('button', { name: 'Sign in' }).click();
		await question.waitFor({ state: 'detached' });
		assert.equal(await page.locator('#display_name').inputValue(), 'Kenji Sato');
		await page.getByRole('button', { name: 'Save' }).click();
		await page.getByRole('heading', { level: 1, name: 'Kenji Sato' }).waitFor();
	});

	it('says when the server is gone, and goes on when it is back', async () => {
		const bringBack = await world.cut();
		const notice = page.getByText('No connection to the server. Trying again …');
		await notice.waitFor();
		await ui.shot('no-connection');
		bringBack();
		await notice.waitFor({ state: 'detached' });
		await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'User', exact: true }).click();
		await page.getByRole('row').filter({ hasText: 'Kenji Sato' }).waitFor();
	});
});
