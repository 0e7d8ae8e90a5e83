// A page that is open while the session ends or the server goes away: nothing on it is lost.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
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

	const nav = (name) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
	const heading = (name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
	const kenji = () => page.getByRole('row').filter({ hasText: 'Kenji Sato' });
	const says = (what) => page.locator('.pomona-banner').getByText(what);
	const noConnection = 'No connection to the server. Trying again …';

	it('says when the server is gone, keeps what was read and typed, and goes on when it is back', async () => {
		await nav('User');
		await kenji().waitFor();
		await page.getByRole('button', { name: 'Add user' }).click();
		await page.locator('#user_name').fill('yuna');
		await page.locator('#display_name').fill('Yuna Kim');
		const save = page.getByRole('dialog').getByRole('button', { name: 'Save' });
		await save.focus();
		const bringBack = await world.cut();
		await page.getByText(noConnection).waitFor();
		await says(/Shown as of \d+:\d\d/).waitFor();
		assert.deepEqual(await save.evaluate((one) => [one === document.activeElement, one.getAttribute('aria-disabled'), one.disabled]), [true, 'true', false]);
		assert.match(await save.getAttribute('aria-description'), /Nothing can be changed/);
		await page.keyboard.press('Enter');
		await page.getByRole('tooltip').getByText(/Nothing can be changed/).waitFor();
		await ui.axe('no-connection');
		await ui.shot('no-connection');
		await page.keyboard.press('Escape');
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await page.keyboard.press('r');
		await page.getByText(/^Shown as of .* Live data is not available/).waitFor();
		assert.equal(await kenji().count(), 1);
		await page.getByRole('checkbox', { name: 'Select Kenji Sato' }).check();
		assert.match(await page.getByRole('button', { name: 'Sync VPP' }).getAttribute('aria-description'), /no connection/);
		await ui.shot('no-connection-rows');
		bringBack();
		await page.getByText(noConnection).waitFor({ state: 'detached' });
		await page.getByText(/Live data is not available/).waitFor({ state: 'detached' });
		await kenji().waitFor();
	});

	it('asks every few seconds while the stream of events is down, and says so', async () => {
		await page.route('**/api/v1/events', (route) => route.abort());
		await page.reload();
		await says(/Live updates paused: the server is asked/).waitFor();
		const asked = page.waitForResponse((answer) => /\/jobs\?state=running/.test(answer.url()));
		await asked;
		await page.unroute('**/api/v1/events');
		await page.reload();
		await kenji().waitFor();
		assert.equal(await says(/Live updates paused/).count(), 0);
	});

	it('stops moving when somebody wants it to', async () => {
		const menu = async (item) => {
			await page.getByRole('button', { name: /^Signed in as/ }).click();
			await page.getByRole('menuitem', { name: item }).click();
		};
		await menu('Pause live updates');
		await says('You paused live updates.').waitFor();
		await ui.axe('paused');
		const { csrf_token: token } = await (await ui.context.request.get('/api/v1/session')).json();
		const person = { user_name: 'mei', display_name: 'Mei Lin' };
		assert.equal((await ui.context.request.post('/api/v1/people', { data: person, headers: { 'X-CSRF-Token': token } })).status(), 201);
		await page.reload(); // also after a reload it is only read once
		await says('You paused live updates.').waitFor();
		await page.getByRole('button', { name: 'Resume live updates' }).click();
		await says('You paused live updates.').waitFor({ state: 'detached' });
		await page.getByRole('row').filter({ hasText: 'Mei Lin' }).waitFor();
	});

	it('says when the portal was updated, with every page and question still there, and loses nothing typed', async () => {
		await page.reload();
		await kenji().waitFor();
		// Of the scripts of the portal the one that only sign-in needs is not fetched beforehand.
		const all = readdirSync(new URL('../../web/dist/assets', import.meta.url)).filter((name) => /^c-.*\.js$/.test(name));
		await page.waitForFunction((names) => names.filter((name) => !performance.getEntriesByType('resource').some((one) => one.name.endsWith(name))).length <= 1, all);
		await nav('VPP Server Setting');
		await heading('VPP Server Setting');
		await page.locator('#host').fill('mail.orchard.example.org');
		// The new server has another page, and the old scripts no more.
		await page.route((url) => url.pathname === '/', async (route) => {
			const answer = await route.fetch();
			await route.fulfill({ response: answer, body: (await answer.text()).replace(/app-\w+\.js/, 'app-NEWER.js') });
		});
		await page.route('**/assets/**', (route) => route.fulfill({ status: 404, body: '' }));
		const bringBack = await world.cut();
		bringBack();
		await says('The portal was updated').waitFor();
		await ui.shot('updated');
		await page.getByRole('button', { name: 'Reload' }).click();
		const question = page.getByRole('dialog', { name: /Leave without saving/ });
		await question.getByRole('button', { name: 'Stay' }).click();
		assert.equal(await page.locator('#host').inputValue(), 'mail.orchard.example.org');
		await page.locator('#host').fill('');
		await nav('Job');
		await heading('Job');
		await page.unrouteAll();
		await page.getByRole('button', { name: 'Reload' }).click();
		await says('The portal was updated').waitFor({ state: 'detached' });
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
			await extend();
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
		ui.forgive(/401|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|ERR_FAILED|404/);
		ui.assertQuiet();
	});
});
