// The portal in other languages: chosen by the browser or by hand, from right to left, at the width of a telephone, and with
// texts that are 40 % longer. Every word on a page comes from a catalogue, or is somebody's data.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chosen, mailOf, school } from '../stories/lib/school.mjs';
import { assertFits } from './lib/access.mjs';
import { openBrowser } from './lib/browser.mjs';
import { pseudo, strayWords } from './lib/pseudo.mjs';
import { OWNER, startWorld } from './lib/world.mjs';

const PEOPLE = ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay'];
/** What people, files and Apple wrote. */
const DATA = [/^\w+(@\w+|\.\w+)*$/, /^\w+ Apple$/, /^iPadOS [\d.]+$/, /^\w+OS(, \w+OS)*$/, /^Orchard School$/, /^[\w-]+$/, /\(DE\)$/, / · \d+$/, /^[A-Z][a-z]{2} \d+$/];

/** Something on every page: who accepted, who was invited, who failed, a plan that waits, a finding, an import with a bad row. */
async function fill({ twin, pomona, expectLog }) {
	expectLog(/outcome=refused/);
	const location = await school({ twin, pomona }, PEOPLE, { more: { cyd: { active: 'no' }, dan: { state: 'pending' } } });
	await twin.smtp({ verb: 'rcpt', code: 550, words: 'no such mailbox', count: 1 });
	await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['eve']) });
	await pomona.does('invite', { location: location.id, selection: await chosen(pomona, PEOPLE) });
	await twin.accept({ email: mailOf('ada'), account: 'ada@store.example' });
	await twin.post('/control/locations/first/users', { client_user_id: 'theirs-1', email: 'stranger@elsewhere.example' });
	const synced = await pomona.does('sync', { location: location.id });
	await pomona.patch(`/api/v1/people/${(await pomona.person('bob')).id}`, { email: 'bob.new@orchard.example.org' });
	const planned = await pomona.does('sync', { location: location.id, mode: 'plan' });
	const { id: imported } = await pomona.post('/api/v1/imports?kind=people', 'user_name,display_name,email,shoe size\nnew,New Person,new@example.org,42\nbad,Bad,not-an-address,40\n', { type: 'text/csv' });
	const ada = await pomona.person('ada');
	const [app] = (await pomona.get(`/api/v1/locations/${location.id}/assets?limit=1`)).items;
	return ['/dashboard', `/application/${app.adam_id}`, '/user', `/user/${ada.id}`, `/user/${(await pomona.person('eve')).id}`, '/device', '/application', '/job', `/job/${synced.id}`, `/job/${planned.id}`,
		'/history', '/finding', '/audit', '/setting/ios/vpp', '/user/import', `/user/import/${imported}`, '/setting/administrators', '/setting/api-tokens', '/setting/apple-errors', '/account', '/about', '/about/accessibility', '/about/licences', '/setup'];
}

const nameOf = (address) => address.slice(1).replace(/\W+/g, '-');

describe('languages', { concurrency: false }, () => {
	let world, ui, page, addresses;

	before(async () => {
		world = await startWorld({ doors: true });
		ui = await openBrowser({ base: world.portal, locale: 'de-AT' });
		page = ui.page;
		await world.begin(ui);
		addresses = await fill(world);
	});
	after(async () => {
		await ui?.close();
		await world?.stop();
	});

	const html = () => page.evaluate(() => [document.documentElement.lang, document.documentElement.dir].join(' '));
	const open = async (address) => {
		await page.goto(address);
		await page.locator('h1').first().waitFor();
		await page.waitForFunction(() => !document.querySelector('.pf-v6-c-skeleton'));
	};
	const choose = async (menu, name) => {
		await page.getByRole('button', { name: menu }).click();
		await page.getByRole('menuitem', { name }).click();
	};

	/** As if chosen at another computer. */
	const prefer = (language) => page.evaluate(async (next) => {
		const session = await (await fetch('/api/v1/session')).json();
		await fetch('/api/v1/preferences', { method: 'PUT', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': session.csrf_token }, body: JSON.stringify({ language: next }) });
		localStorage.removeItem('pomona.language');
	}, language);

	it('speaks the browser’s language until somebody chooses', async () => {
		await open('/dashboard');
		assert.equal(await html(), 'de ltr');
		await page.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor();
	});

	it('turns the page around when Arabic is chosen, without loading it again', async () => {
		await page.evaluate(() => { window.isSame = true; });
		await choose(/^Angemeldet als/, 'العربية');
		await page.getByRole('heading', { level: 1, name: 'لوحة المعلومات' }).waitFor();
		assert.equal(await html(), 'ar rtl');
		assert.equal(await page.evaluate(() => window.isSame), true);
		const box = await page.getByRole('navigation', { name: 'الصفحات' }).boundingBox();
		assert.ok(box.x > 640, 'the navigation stands at the right');
		await page.getByRole('button', { name: /mira/ }).click();
		const menu = await page.getByRole('menuitem', { name: 'Deutsch' }).boundingBox();
		assert.ok(menu.x >= 0, 'the menu stands inside the page');
		await page.keyboard.press('Escape');
	});

	for (const [language, dir] of [['ar', 'rtl'], ['de', 'ltr']]) {
		it(`keeps ${language} on every page, also on a telephone, with nothing for axe`, async () => {
			await prefer(language);
			await open('/dashboard');
			await page.locator(`html[lang="${language}"]`).waitFor();
			for (const width of language === 'ar' ? [1280, 360] : [360]) {
				await page.setViewportSize({ width, height: 900 });
				for (const address of addresses.filter((_one, at) => (language === 'ar' && width === 360) || at % 4 === 0)) {
					await open(address);
					const where = `${address} in ${language} at ${width}`;
					assert.equal(await html(), `${language} ${dir}`, where);
					await ui.shot(`${language}-${width}-${nameOf(address)}`);
					await assertFits(page, where);
					if (width === 360) await ui.axe(where);
				}
			}
		});
	}

	it('has no word that is not a text, and room for longer ones', async () => {
		await prefer('en');
		await page.route('**/assets/l-en-*.json', async (route) => {
			const texts = await (await route.fetch()).json();
			await route.fulfill({ json: pseudo(texts) });
		});
		await open('/dashboard');
		await page.locator('html[lang="en"]').waitFor();
		const stray = {};
		for (const address of addresses) {
			await page.setViewportSize({ width: 360, height: 900 });
			await open(address);
			await assertFits(page, `${address} with long words`);
			const words = (await strayWords(page)).filter((one) => !DATA.some((shape) => shape.test(one)));
			if (words.length > 0) stray[address] = words;
		}
		await ui.shot('en-XA');
		await page.unroute('**/assets/l-en-*.json');
		assert.deepEqual(stray, {});
	});

	it('asks for the name and password in a language that can be chosen', async () => {
		await ui.context.clearCookies();
		await page.evaluate(() => localStorage.removeItem('pomona.language'));
		await open('/');
		await page.getByRole('button', { name: 'Anmelden' }).waitFor();
		await page.getByRole('combobox', { name: 'Sprache' }).selectOption('ko');
		await page.getByRole('heading', { level: 1, name: '로그인' }).waitFor();
		assert.equal(await html(), 'ko ltr');
		await ui.axe('sign-in in Korean');
		await page.locator('#name').fill(OWNER.name);
		await page.locator('#password').fill(OWNER.password);
		await page.getByRole('button', { name: '로그인' }).click();
		await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor(); // her own choice, made before
	});

	it('left no error in the console', () => {
		ui.forgive(/401/);
		ui.assertQuiet();
	});
});
