// Orchard School in the middle of a term: a little of everything that a page can show. Always the same, so that pictures can be compared.
import assert from 'node:assert/strict';
import { waitFor } from '../../stories/lib/wait.mjs';

const NAMES = ['Aiko Tanaka', 'Amara Okafor', 'Ana Sousa', 'Anouk de Wit', 'Arjun Mehta', 'Astrid Lindqvist', 'Bea Novak', 'Ben Carter', 'Carlos Rivera', 'Chiara Conti',
	'Chloé Dubois', 'Dana Levi', 'Daniel Fischer', 'Elif Yılmaz', 'Emeka Obi', 'Emma Wilson', 'Farah Haddad', 'Felix Braun', 'Freya Jensen', 'Gabriel Costa',
	'Grace Kim', 'Hana Suzuki', 'Hugo Martin', 'Ines Moreau', 'Isla Murray', 'Ivan Petrov', 'Jana Dvořák', 'Jonas Weber', 'Kofi Mensah', 'Lars Holm',
	'Leila Rahimi', 'Liam Byrne', 'Lina Haddad', 'Lucía Gómez', 'Maja Kowalska', 'Marco Ricci', 'Mateo Silva', 'Maya Cohen', 'Mina Park', 'Nadia Ali',
	'Nils Berg', 'Noah Köhler', 'Nora Lund', 'Omar Farouk', 'Paula Ramos', 'Priya Nair', 'Rosa Blanco', 'Sami Nieminen', 'Sofia Greco', 'Tariq Aziz',
	'Theo Laurent', 'Uma Iyer', 'Vera Sokolova', 'Wei Chen', 'Yara Nassar', 'Yusuf Demir', 'Zoë van der Meer', 'Zuzana Horáková'];
const DEPARTMENTS = ['Teachers', 'Year 7', 'Year 8', 'Year 9', 'Office'];
const plain = (name) => name.split(' ')[0].normalize('NFD').replace(/[^\w]/g, '').toLowerCase();
const userNames = NAMES.map((name, i) => `${plain(name)}${NAMES.findIndex((other) => plain(other) === plain(name)) < i ? 2 : ''}`);
const mailOf = (user) => `${user}@orchard.example.org`;

const ASSETS = [['1500000101', 'Orchard Maths', 27], ['1500000102', 'Field Notes', 60], ['1500000103', 'Tree Atlas', 9], ['1500000104', 'Cider Lab', 8], ['1500000105', 'Pruning for Beginners', 30, true]];
const asset = ([adam_id, name, count, book = false]) => ({ adam_id, name, count, book });

const peopleCsv = () => ['user_name,display_name,email,department,language,active',
	...NAMES.map((name, i) => `${userNames[i]},${name},${i === 51 ? '' : mailOf(userNames[i])},${DEPARTMENTS[i % 5]},en,${i === 49 ? 'no' : 'yes'}`),
	'tobias,Tobias Engel,not-an-address,Office,en,yes', 'aiko,Aiko Again,again@orchard.example.org,Office,en,yes'].join('\n');

// Two people have no device; one has only a pending one.
const devicesCsv = () => ['serial_number,platform,model,os_version,udid,enrolment_type,state,user',
	...userNames.slice(0, -2).map((user, i) => `DMQ${String(i + 1).padStart(7, '0')},${i % 3 ? 'iPadOS' : 'iOS'},${i % 3 ? 'iPad' : 'iPhone 15'},18.1,,device,${i === 50 ? 'pending' : 'activated'},${user}`)].join('\n');

async function idsOf(pomona, users) {
	const people = await pomona.people('');
	return users.map((user) => people.find((person) => person.user_name === user).id);
}

async function invite(pomona, location, users) {
	return pomona.does('invite', { location: location.id, selection: { ids: await idsOf(pomona, users) } });
}

async function peopleAccept({ twin, pomona, uid }, users) {
	for (const user of users) await twin.accept({ email: mailOf(user), account: `${user}@store.example` }, uid);
	await waitFor(`${users.length} people accepted`, async () => await pomona.total('state=associated') >= users.length);
}

/** What went wrong this week: a create that Apple refused, a mailbox that does not exist, people whom another system made or took. */
async function troubles(world, location) {
	const { twin, pomona, uid } = world;
	world.expectLog(/./); // each of them is logged; which words is the stories' matter
	await twin.knobs({ tasks_fail: 2, task_error_number: 9635 });
	const failed = await invite(pomona, location, userNames.slice(40, 45));
	assert.ok(failed.failed > 0, JSON.stringify(failed));
	await twin.post(`/control/locations/${uid}/users`, { count: 7, status: 'Associated' });
	await twin.post(`/control/locations/${uid}/retire`, { email: mailOf(userNames[20]) });
	await pomona.does('sync', { location: location.id });
	for (const i of [21, 22]) await twin.post(`/control/locations/${uid}/update`, { email: mailOf(userNames[i]), new_email: `${userNames[i]}@old.orchard.example.org` });
}

/** A plan that waits for its approval: addresses changed, someone left. */
async function plan({ pomona }, location) {
	const changed = await idsOf(pomona, userNames.slice(0, 4));
	for (const [i, id] of changed.entries()) await pomona.patch(`/api/v1/people/${id}`, { email: `${userNames[i]}@new.orchard.example.org` });
	for (const id of await idsOf(pomona, userNames.slice(5, 7))) await pomona.patch(`/api/v1/people/${id}`, { active: false });
	const planned = await pomona.does('sync', { location: location.id, mode: 'plan' });
	assert.equal(planned.state, 'planned', JSON.stringify(planned));
	return planned;
}

/** world needs its doors. Gives the ids that addresses are made of. */
export async function fillOrchard(world) {
	const { twin, pomona } = world;
	const { uid, token_file: file } = await twin.location({ name: 'Orchard School', organisation: 'Orchard School Trust', country: 'GB', assets: ASSETS.map(asset) });
	world.uid = uid;
	const location = await pomona.addLocation(file);
	await pomona.patch(`/api/v1/locations/${location.id}`, { message_channel: 'email' });
	await pomona.put(`/api/v1/locations/${location.id}/schedule`, { mode: 'daily', at: '02:30', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'], time_zone: 'Europe/Berlin', apply: 'plan_and_apply' });
	const people = await pomona.import('people', peopleCsv());
	await pomona.import('devices', devicesCsv());
	await invite(pomona, location, userNames.slice(0, 40));
	await peopleAccept(world, userNames.slice(0, 28));
	for (const [i, user] of userNames.slice(0, 26).entries()) {
		const given = ASSETS.filter((_, k) => k === 0 || (k < 4 ? i % (k + 1) === 0 && (k < 3 || i < 24) : i % 3 === 0));
		for (const [adam_id] of given) await twin.post(`/control/locations/${uid}/assign`, { email: mailOf(user), adam_id });
	}
	await pomona.does('sync', { location: location.id });
	for (const [adam_id, name] of ASSETS) await pomona.put(`/api/v1/assets/${adam_id}`, { name });
	const deleted = await pomona.does('delete', { location: location.id, selection: { ids: await idsOf(pomona, userNames.slice(26, 28)) } });
	await troubles(world, location);
	const planned = await plan(world, location);
	const jobs = (await pomona.get('/api/v1/jobs?limit=50')).items;
	const [person, invited] = await idsOf(pomona, [userNames[0], userNames[30]]);
	return { location, person, invited, deleted: deleted.id, plan: planned.id, failed: jobs.find((job) => job.kind === 'invite' && job.failed).id, import: people.id };
}
