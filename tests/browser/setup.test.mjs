// Set-up step by step: left and taken up again; a location that is only observed; the dashboard; one's own account.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from './lib/browser.mjs';
import { OWNER, startWorld } from './lib/world.mjs';

describe('set-up and the dashboard, in a browser', { concurrency: false }, () => {
	let world, ui, page;

	before(async () => {
		world = await startWorld({ doors: true });
		ui = await openBrowser({ base: world.portal });
		page = ui.page;
		await world.begin(ui);
	});
	after(async () => {
		await ui?.close();
		await world?.stop();
	});

	const step = (name) => page.getByRole('heading', { level: 2, name, exact: true }).first().waitFor();
	const button = (name) => page.getByRole('button', { name, exact: true });

	it('begins with the token, and observes a location that another service manages', async () => {
		ui.forgive(/\/api\/v1\/locations/);
		await world.ask('POST', '/control/locations/first/mdm-info', { id: 'another', name: 'Other MDM' });
		await page.goto('/setup');
		await step('Connect to Apple');
		await ui.axe('setup-token');
		const token = { name: 'orchard.vpptoken', mimeType: 'application/octet-stream', buffer: Buffer.from(world.token()) };
		await page.getByLabel('Choose token file: file').setInputFiles(token);
		const question = page.getByRole('dialog', { name: 'Take over this location?' });
		await question.getByRole('button', { name: 'Observe only' }).click();
		await question.waitFor({ state: 'detached' });
		const { items } = await world.pomona.get('/api/v1/locations');
		assert.deepEqual(items.map((one) => one.mode), ['observe']);
		await button('Next').click();
	});

	it('puts a step off, and goes on after the others when it is taken up again', async () => {
		await step('Automatic sync');
		await page.getByRole('button', { name: /^Skip/ }).click();
		await step('Invitation messages');
		await page.getByRole('link', { name: 'Leave set-up' }).click();
		await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
		await page.getByRole('link', { name: 'Go on with set-up' }).click();
		await page.waitForURL(/\/setup\/(people|ready)$/); // the doors of the messages are there from the start
		await ui.shot('setup-again');
	});

	it('says on the dashboard what needs attention, and leads to where it is solved', async () => {
		await page.goto('/dashboard');
		const card = page.getByRole('region', { name: 'Needs attention' });
		await card.getByText(/is only observed/).waitFor();
		await page.getByRole('region', { name: 'Acceptance over 30 days' }).getByRole('img').waitFor();
		await page.getByRole('button', { name: 'Show as a table' }).click();
		await page.getByRole('region', { name: 'Acceptance over 30 days' }).getByRole('table').waitFor();
		await ui.axe('dashboard');
		await card.getByRole('link', { name: 'Change the mode' }).click();
		const mode = page.getByRole('region', { name: 'Manage or observe' });
		await mode.getByLabel('Manage', { exact: true }).waitFor();
		assert.equal(await mode.getByLabel('Observe only').isChecked(), true);
	});

	it('puts the first steps away for good', async () => {
		await page.goto('/dashboard');
		const saved = page.waitForResponse((answer) => answer.url().endsWith('/preferences') && answer.request().method() === 'PUT');
		await page.getByRole('region', { name: 'First steps' }).getByRole('button', { name: 'Hide' }).click();
		await saved;
		await page.reload();
		await page.getByRole('region', { name: 'Latest jobs' }).waitFor();
		assert.equal(await page.getByRole('region', { name: 'First steps' }).count(), 0);
	});

	it('changes the password, and refuses when the old one is wrong', async () => {
		ui.forgive(/\/api\/v1\/session\/password/);
		await page.goto('/account');
		const card = page.getByRole('region', { name: 'Password' });
		await card.locator('#old-password').fill('not the password at all');
		await card.locator('#new-password').fill('a longer sentence than before');
		await card.getByRole('button', { name: 'Change password' }).click();
		await card.getByRole('heading', { level: 3 }).waitFor();
		await card.locator('#old-password').fill(OWNER.password);
		await card.getByRole('button', { name: 'Change password' }).click();
		await page.getByText('The password was changed.').waitFor();
		await page.getByRole('region', { name: 'Where you are signed in' }).getByText('This session').waitFor();
		await ui.axe('account');
	});

	it('lists Apple’s error numbers', async () => {
		await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Apple’s error numbers' }).click();
		await page.getByText('9603', { exact: true }).waitFor();
		await ui.axe('apple-errors');
	});

	it('left no error in the console', () => ui.assertQuiet());
});
