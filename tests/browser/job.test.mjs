// A job's page: causes with what to do, results by state, retry; and the plan of a sync, of which a part is applied.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chosen, names, school } from '../stories/lib/school.mjs';
import { openBrowser } from './lib/browser.mjs';
import { startWorld } from './lib/world.mjs';

const WHO = names(30);

describe('a job and a plan, in a browser', { concurrency: false }, () => {
	let world, ui, page, invited;

	before(async () => {
		world = await startWorld({ doors: true });
		ui = await openBrowser({ base: world.portal });
		page = ui.page;
		await world.begin(ui);
		await school(world, WHO, { more: { [WHO[0]]: { email: '' }, [WHO[1]]: { email: '' }, [WHO[2]]: { state: 'pending' } } });
		invited = await world.pomona.does('invite', { selection: await chosen(world.pomona, WHO) });
	});
	after(async () => {
		await ui?.close();
		await world?.stop();
	});

	const causes = () => page.getByRole('region', { name: 'Causes' });
	const tabs = () => page.getByRole('navigation', { name: 'Results' });

	it('says what happened by cause, and what to do', async () => {
		await page.goto(`/job/${invited.id}`);
		const failed = causes().getByRole('row').filter({ hasText: 'no e-mail' });
		await failed.getByRole('link', { name: '2' }).waitFor();
		await failed.getByText(/then press Retry/).waitFor();
		await causes().getByRole('row').filter({ hasText: /device/ }).first().waitFor();
		await ui.axe('job');
		await failed.getByRole('link', { name: '2' }).click();
		await page.waitForURL(/state=failed/);
		await page.getByRole('region', { name: 'Users of this job' }).getByRole('row').nth(2).waitFor();
		assert.equal(await tabs().getByRole('link', { name: 'Failed 2' }).getAttribute('aria-current'), 'true');
	});

	it('tries the failed ones again as a new job', async () => {
		await world.pomona.patch(`/api/v1/people/${(await world.pomona.person(WHO[0])).id}`, { email: 'mended@orchard.example.org' });
		await page.getByRole('button', { name: 'Retry 2 failed' }).click();
		await page.getByRole('dialog').getByText('Try again for 2 users?').waitFor();
		await page.getByRole('button', { name: /^Who/ }).or(page.getByRole('dialog').getByText('A new job does again')).first().waitFor();
		await ui.axe('the question before a retry');
		await page.getByRole('button', { name: 'OK, try again' }).click();
		await page.waitForURL((url) => /\/job\/\d+$/.test(url.pathname) && !url.pathname.endsWith(`/${invited.id}`));
		await page.getByText(/1 of 2 done/).waitFor();
		await page.getByRole('link', { name: `What failed of job ${invited.id}` }).click();
		await page.waitForURL(new RegExp(`/job/${invited.id}$`));
		await page.getByText('30 users, chosen by hand').waitFor();
	});

	it('finds a person inside a job, and gives the failed ones as a file', async () => {
		const list = page.getByRole('region', { name: 'Users of this job' });
		await list.getByRole('searchbox', { name: 'Search in this job' }).or(list.getByLabel('Search in this job')).first().fill(WHO[7]);
		await page.waitForURL(/q=/);
		await list.getByRole('row').filter({ hasText: WHO[8] }).waitFor({ state: 'detached' });
		assert.equal(await list.getByRole('grid').getByRole('row').count(), 2);
		await ui.axe('a search inside a job');
		await list.getByLabel('Search in this job').first().fill('nobody of that name');
		await list.getByText('Nobody of this job matches').waitFor();
		const [file] = await Promise.all([page.waitForEvent('download'), list.getByRole('link', { name: 'CSV of failed' }).click()]);
		assert.match(file.suggestedFilename(), /^job-\d+-failed\.csv$/);
	});

	it('shows the jobs of one person, by a link', async () => {
		const { id } = await world.pomona.person(WHO[5]);
		await page.goto(`/job?person=${id}`);
		await page.getByText(`User: ${WHO[5]} Apple`).waitFor();
		const table = page.getByRole('grid', { name: 'Jobs' });
		await table.getByRole('link', { name: 'Send VPP invitation' }).waitFor();
		assert.equal(await table.getByRole('row').count(), 2);
	});

	it('shows the plan of a sync by groups, and asks for the number when it removes many', async () => {
		for (const name of WHO.slice(4, 26)) await world.pomona.patch(`/api/v1/people/${(await world.pomona.person(name)).id}`, { active: false });
		for (const name of WHO.slice(27, 29)) await world.pomona.patch(`/api/v1/people/${(await world.pomona.person(name)).id}`, { email: `${name}.new@orchard.example.org` });
		const { job } = await world.pomona.post('/api/v1/vpp-users/sync', { mode: 'plan' });
		await page.goto(`/job/${job.id}`);
		const plan = page.getByRole('region', { name: 'Plan', exact: true });
		await plan.getByRole('checkbox', { name: 'Remove at Apple' }).waitFor({ timeout: 60_000 });
		const ok = plan.getByRole('button', { name: 'OK, apply the plan' });
		assert.equal(await ok.isDisabled(), true);
		await plan.getByLabel(/To confirm, type 22/).fill('22');
		assert.equal(await ok.isDisabled(), false);
		await ui.axe('plan');
		await ui.shot('sync-plan-page');
	});

	it('applies a part: one group, less one person', async () => {
		const plan = page.getByRole('region', { name: 'Plan', exact: true });
		await plan.getByRole('checkbox', { name: 'Remove at Apple' }).uncheck();
		await plan.getByRole('button', { name: 'Show who: Change at Apple' }).click();
		await plan.getByRole('checkbox', { name: `Select ${WHO[27]} Apple` }).uncheck();
		await plan.getByRole('button', { name: 'OK, apply 2 of 25' }).click();
		await tabs().getByRole('link', { name: 'Skipped 23' }).waitFor({ timeout: 60_000 });
		await tabs().getByRole('link', { name: 'Done 2' }).waitFor();
		assert.equal((await world.twinUser(`${WHO[28]}.new@orchard.example.org`))?.status, 'Registered');
		assert.equal(await world.twinUser(`${WHO[27]}.new@orchard.example.org`), undefined);
	});

	it('left no error in the console', () => ui.assertQuiet());
});
