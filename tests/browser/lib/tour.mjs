// Every page, and the states it can be in. What is opened here is checked in pages.test.mjs and shown in docs/portal.

const choosePage = async (page) => {
	await page.locator('tbody input[type="checkbox"]').first().waitFor(); // of nobody there is nothing to choose
	await page.locator('input[name="bulk"]').check();
};
const action = (name) => async (page) => {
	await choosePage(page);
	await page.getByRole('toolbar', { name: 'VPP actions' }).getByRole('button', { name, exact: true }).click();
	await page.getByRole('dialog').getByRole('button', { name: /^(OK|Send)/ }).first().waitFor();
};
const stop = (status, type) => (page, path) => page.route(path, (route) => route.fulfill({
	status, contentType: 'application/problem+json',
	body: JSON.stringify({ type: `/problems/${type}`, title: 'The database is busy', status, detail: 'The database did not answer within 5 seconds. Nothing was changed. Try again.', apple: 'no', trace: '8f2c1d' }),
}));

/** ids are those of fillOrchard. */
export function filledPages(ids) {
	return [
		{ name: 'dashboard', path: '/dashboard' },
		{ name: 'user', path: '/user' },
		{ name: 'user-none-found', path: '/user?q=nobodyhasthisname', oneTheme: true },
		{ name: 'user-invite', path: '/user?state=none', open: action('Send VPP invitation') },
		{ name: 'user-delete', path: '/user?state=associated', open: action('Delete from VPP') },
		{ name: 'user-sync', path: '/user?state=associated', open: action('Sync VPP') },
		{ name: 'person', path: `/user/${ids.person}` },
		{ name: 'import', path: `/user/import/${ids.import}` },
		{ name: 'device', path: '/device' },
		{ name: 'application', path: '/application' },
		{ name: 'application-one', path: '/application/1500000101' },
		{ name: 'job', path: '/job' },
		{ name: 'job-failed', path: `/job/${ids.failed}` },
		{ name: 'plan', path: `/job/${ids.plan}` },
		{ name: 'finding', path: '/finding' },
		{ name: 'finding-kind', path: '/finding?kind=foreign', oneTheme: true },
		{ name: 'history', path: '/history' },
		{ name: 'audit', path: '/audit' },
		{ name: 'vpp-server-setting', path: '/setting/ios/vpp' },
		{ name: 'apple-errors', path: '/setting/apple-errors' },
		{ name: 'account', path: '/account', oneTheme: true },
		{ name: 'administrators', path: '/setting/administrators' },
		{ name: 'api-tokens', path: '/setting/api-tokens' },
		{ name: 'about', path: '/about', oneTheme: true },
		{ name: 'accessibility', path: '/about/accessibility', oneTheme: true },
		{ name: 'licences', path: '/about/licences', oneTheme: true },
		{ name: 'missing', path: '/orchard', oneTheme: true },
		{ name: 'user-error', path: '/user', before: (page) => stop(503, 'busy')(page, '**/api/v1/people?*'), oneTheme: true },
	];
}

/** Before anything is connected. */
export const emptyPages = [
	{ name: 'dashboard-first', path: '/dashboard' },
	{ name: 'wizard', path: '/setup' },
	{ name: 'user-empty', path: '/user', oneTheme: true },
	{ name: 'job-empty', path: '/job', oneTheme: true },
	{ name: 'application-empty', path: '/application', oneTheme: true },
	{ name: 'vpp-server-setting-first', path: '/setting/ios/vpp', oneTheme: true },
];

/** Opens one of them, until it stands. */
export async function open(page, { path, before, open: act }) {
	await before?.(page);
	await page.goto(path);
	await page.getByRole('heading', { level: 1 }).first().waitFor();
	await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], .pf-v6-c-skeleton'));
	await act?.(page);
}

