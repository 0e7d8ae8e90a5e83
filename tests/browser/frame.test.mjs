// The frame around every page: what is not saved, the bell, banners, the theme that goes with the administrator.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chosen, names, school } from '../stories/lib/school.mjs';
import { openBrowser } from './lib/browser.mjs';
import { startWorld } from './lib/world.mjs';

describe('the frame, in a browser', { concurrency: false }, () => {
	let world, ui, page;

	before(async () => {
		world = await startWorld({ doors: true });
		ui = await openBrowser({ base: world.portal });
		page = ui.page;
		await world.begin(ui);
		await school(world, names(4));
	});
	after(async () => {
		await ui?.close();
		await world?.stop();
	});

	const nav = (name) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
	const heading = (name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
	const question = () => page.getByRole('dialog', { name: /Leave without saving/ });

	it('asks before a form that is not saved is left, by a link and by Back', async () => {
		await page.goto('/user');
		await heading('User');
		await nav('VPP Server Setting');
		await page.getByLabel('Every few hours').check();
		await nav('Job');
		await question().getByText('Automatic sync').waitFor();
		await ui.axe('leave-question');
		await question().getByRole('button', { name: 'Stay' }).click();
		await heading('VPP Server Setting');
		assert.equal(await page.getByLabel('Every few hours').isChecked(), true);
		await page.goBack();
		await question().getByRole('button', { name: 'Stay' }).click();
		assert.equal(new URL(page.url()).pathname, '/setting/ios/vpp');
		await page.goBack();
		await question().getByRole('button', { name: 'Leave' }).click();
		await heading('User');
	});

	it('has the jobs behind the bell, and gives the focus back', async () => {
		await world.pomona.does('invite', { selection: await chosen(world.pomona, names(2)) });
		const bell = page.getByRole('button', { name: /^Latest jobs/ });
		await bell.click();
		const drawer = page.getByRole('complementary', { name: 'Latest jobs' });
		await drawer.getByRole('link', { name: 'Send VPP invitation' }).waitFor();
		assert.equal(await drawer.getByRole('heading', { name: 'Latest jobs' }).evaluate((one) => one === document.activeElement), true);
		await ui.axe('bell');
		await ui.shot('bell');
		await page.keyboard.press('Escape');
		await drawer.waitFor({ state: 'detached' });
		assert.equal(await bell.evaluate((one) => one === document.activeElement), true);
	});

	it('names the page in the title, with the part done of a job of mine, and puts the focus on the heading', async () => {
		await world.twin.knobs({ event_delay_ms: 4000 });
		const { csrf_token: token } = await (await ui.context.request.get('/api/v1/session')).json();
		const asked = await ui.context.request.post('/api/v1/vpp-users/invite', { headers: { 'X-CSRF-Token': token }, data: { selection: await chosen(world.pomona, names(4).slice(2)) } });
		assert.equal(asked.status(), 202, await asked.text());
		await page.waitForFunction(() => /^\(\d+ %\) User – Pomona$/.test(document.title));
		await nav('Audit');
		await heading('Audit');
		assert.equal(await page.evaluate(() => document.activeElement.matches('h1')), true);
		await page.waitForFunction(() => document.title === 'Audit – Pomona');
		await world.twin.knobs({ event_delay_ms: 100 });
	});

	it('has help in the same place on every page', async () => {
		await page.getByRole('button', { name: 'Help' }).click();
		await page.getByRole('menuitem', { name: 'Accessibility' }).click();
		await heading('Accessibility');
		await page.getByRole('button', { name: 'Help' }).click();
		await page.getByRole('menuitem', { name: 'Licences of the software' }).click();
		await page.getByText('@patternfly/react-core').first().waitFor();
		const react = page.locator('details').filter({ has: page.locator('summary', { hasText: 'react-dom' }) });
		await react.locator('summary').click();
		await react.getByText(/Permission is hereby granted, free of charge/).waitFor();
		await page.getByRole('button', { name: 'Help' }).click();
		await page.getByRole('menuitem', { name: 'About Pomona' }).click();
		const { version } = await (await ui.context.request.get('/healthz')).json();
		await page.getByRole('region', { name: 'This server' }).getByText(version, { exact: true }).waitFor();
		await page.getByRole('region', { name: 'This server' }).getByText(/^[A-Z0-9]{8}$/).waitFor();
	});

	it('says on every page when another service took the location', async () => {
		world.expectLog(/Other MDM/);
		await world.ask('POST', '/control/locations/first/mdm-info', { id: 'another', name: 'Other MDM' });
		await world.pomona.act('sync', {});
		await nav('Device');
		const banner = page.locator('[data-banner="taken_by_other"]');
		await banner.getByText(/Other MDM now manages/).waitFor({ timeout: 60_000 });
		await ui.axe('banner');
		await ui.shot('banner');
		await banner.getByRole('link').click();
		await heading('VPP Server Setting');
	});

	it('keeps the theme with the administrator', async () => {
		await page.getByRole('button', { name: /^Signed in as/ }).click();
		const saved = page.waitForResponse((answer) => answer.url().endsWith('/preferences') && answer.request().method() === 'PUT');
		await page.getByRole('menuitem', { name: 'Dark' }).click();
		await saved;
		await page.evaluate(() => localStorage.clear());
		await page.reload();
		await page.locator('html.pf-v6-theme-dark').waitFor();
		await page.reload(); // from now on this browser knows it before the first paint
		await page.getByRole('region', { name: 'Automatic sync' }).waitFor();
		await ui.axe('setting-dark');
	});

	it('left no error in the console', () => ui.assertQuiet());
});
