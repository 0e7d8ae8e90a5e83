// A page that is open while the session ends or the server goes away: nothing on it is lost.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from './lib/browser.mjs';
import { OWNER, startWorld } from './lib/world.mjs';

describe('interruptions', { concurrency: false }, () => {
	let world, ui, page;

	before(async () => {
		world = await startWorld({ clock: true });
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

	describe('the end of a session', () => {
		const MINUTE = 60_000;
		const HOUR = 60 * MINUTE;
		let past = 0;
		/** Time goes by for the server and for all tabs alike. */
		const pass = async (ms) => {
			past += ms;
			world.moveClock(past);
			await ui.context.clock.fastForward(ms);
		};
		const extend = async () => {
			const { csrf_token: token } = await (await ui.context.request.get('/api/v1/session')).json();
			return (await ui.context.request.post('/api/v1/session/extend', { headers: { 'X-CSRF-Token': token } })).json();
		};
		const warning = (tab) => tab.getByRole('alertdialog', { name: 'You will be signed out within two minutes' });
		const typed = () => page.locator('#display_name').inputValue();
		let other;

		before(async () => {
			await ui.context.clock.install();
			other = await ui.context.newPage();
			for (const tab of [page, other]) {
				await tab.goto('/user');
				await tab.getByRole('row').filter({ hasText: 'Kenji Sato' }).waitFor();
			}
			await page.getByRole('button', { name: 'Add user' }).click();
			await page.locator('#user_name').fill('aiko');
			await page.locator('#display_name').fill('Aiko Mori');
		});

		it('is announced two minutes before, in every tab, and counted down', async () => {
			await pass(12 * HOUR - 1.9 * MINUTE);
			for (const tab of [page, other]) await warning(tab).waitFor();
			const title = page.getByText(/^You will be signed out in 1:\d\d$/);
			await title.waitFor();
			assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Stay signed in');
			await ui.axe('session-ends');
			await ui.shot('session-ends');
			const heard = page.getByRole('alertdialog').getByRole('status');
			assert.equal(await heard.textContent(), '');
			await pass(MINUTE);
			await page.getByRole('alertdialog').getByText('60 seconds left').waitFor({ state: 'attached' });
			await pass(MINUTE / 2);
			await page.getByRole('alertdialog').getByText('30 seconds left').waitFor({ state: 'attached' });
		});

		it('is put off for all tabs when somebody stays', async () => {
			await page.getByRole('button', { name: 'Stay signed in' }).click();
			for (const tab of [page, other]) await warning(tab).waitFor({ state: 'detached' });
			assert.equal(await typed(), 'Aiko Mori');
			const { ends } = await (await ui.context.request.get('/api/v1/session')).json();
			assert.ok(ends.in_ms > 11.9 * HOUR, JSON.stringify(ends));
		});

		it('comes when nobody answers, whatever the pages read by themselves, and loses nothing', async () => {
			ui.forgive(/401/);
			await pass(6 * HOUR);
			await pass(6 * HOUR + MINUTE);
			for (const tab of [page, other]) await tab.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
			const question = page.getByRole('dialog', { name: 'Your session has ended' });
			await question.getByLabel('Password', { exact: false }).first().fill(OWNER.password);
			await question.getByRole('button', { name: 'Sign in' }).click();
			for (const tab of [page, other]) await tab.getByRole('dialog', { name: 'Your session has ended' }).waitFor({ state: 'detached' });
			assert.equal(await typed(), 'Aiko Mori');
		});

		it('cannot be put off beyond the limit, but for who signs in again', async () => {
			while ((await extend()).ends.can_extend) await pass(11 * HOUR);
			await pass((await extend()).ends.in_ms - 1.5 * MINUTE);
			await warning(page).getByText(/lasts 7 days at most/).waitFor();
			assert.equal(await page.getByRole('button', { name: 'Stay signed in' }).count(), 0);
			await ui.shot('session-limit');
			await page.getByRole('button', { name: 'Sign in again' }).click();
			const question = page.getByRole('dialog', { name: 'Sign in again' });
			await question.getByLabel('Password', { exact: false }).first().fill(OWNER.password);
			await question.getByRole('button', { name: 'Sign in' }).click();
			await question.waitFor({ state: 'detached' });
			await warning(other).waitFor({ state: 'detached' });
			await page.getByRole('button', { name: 'Save' }).click();
			await page.getByRole('heading', { level: 1, name: 'Aiko Mori' }).waitFor();
		});
	});

	it('left no error in the console', () => {
		ui.forgive(/401|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/);
		ui.assertQuiet();
	});
});
