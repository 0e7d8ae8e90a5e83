// The columns of User > list of users that can be chosen; the name always comes first.
import type { ReactNode } from 'react';
import type { Person } from '../lib/api';
import { formatList, formatNumber, t, tMaybe, type TextKey } from '../lib/i18n';
import { ActiveBadge, FailedMark, MessageBadge, VppBadge } from '../parts/badges';
import { Found } from '../parts/found';
import { When } from '../parts/when';

export type PeopleSort = 'name' | 'email' | 'department' | 'state' | 'synced';

export interface PeopleColumn {
	id: string; title: TextKey; cell: (person: Person, q: string | undefined) => ReactNode;
	/** How wide beside the others, as PatternFly counts. */
	width?: 10 | 15 | 20 | 25; isNumber?: boolean;
	/** Its names in the CSV file. */
	csv: string[];
	/** The API's word for sorting by it. */
	sort?: PeopleSort;
}

const none = <span className="pomona-muted">–</span>;

function found(text: string | null, q: string | undefined): ReactNode {
	return text ? <Found text={text} q={q} /> : none;
}

function Vpp({ vpp }: { vpp: Person['vpp'] }) {
	return (
		<div className="pomona-row pomona-close">
			<VppBadge state={vpp.state} />
			{vpp.failed && <FailedMark reason={vpp.failed.reason} />}
			{vpp.message.state === 'not_sent' && <MessageBadge state="not_sent" />}
		</div>
	);
}

function Devices({ person }: { person: Person }) {
	if (person.devices === 0) return <span className="pomona-muted">{t('people.no_device')}</span>;
	return (
		<span title={person.why_not_eligible ?? undefined}>
			{formatNumber(person.devices)}{person.platforms.length > 0 && <span className="pomona-muted">{'\u00a0·\u00a0'}{formatList(person.platforms)}</span>}
		</span>
	);
}

export const COLUMNS: PeopleColumn[] = [
	{ id: 'email', title: 'people.email', width: 25, csv: ['email'], sort: 'email', cell: (one, q) => (one.email ? found(one.email, q) : <em className="pomona-muted">{t('people.no_email')}</em>) },
	{ id: 'department', title: 'people.department', width: 15, csv: ['department'], sort: 'department', cell: (one, q) => found(one.department, q) },
	{ id: 'devices', title: 'people.devices', width: 10, csv: ['devices', 'platforms'], cell: (one) => <Devices person={one} /> },
	{ id: 'vpp', title: 'people.vpp', width: 20, csv: ['vpp_state', 'failed_reason'], sort: 'state', cell: (one) => <Vpp vpp={one.vpp} /> },
	{ id: 'licences', title: 'people.licences', isNumber: true, csv: ['licences'], cell: (one) => (one.vpp.licences ? formatNumber(one.vpp.licences) : none) },
	{ id: 'synced', title: 'people.synced', width: 15, csv: ['synced_at'], sort: 'synced', cell: (one) => <When at={one.vpp.synced_at} /> },
	{ id: 'user_name', title: 'person.user_name', width: 15, csv: ['user_name'], cell: (one, q) => found(one.user_name, q) },
	{ id: 'managed', title: 'person.managed', width: 20, csv: ['managed_apple_account'], cell: (one, q) => found(one.managed_apple_account, q) },
	{ id: 'groups', title: 'person.groups', width: 15, csv: ['groups'], cell: (one, q) => found(formatList(one.groups), q) },
	{ id: 'language', title: 'person.language', csv: ['language'], cell: (one) => one.language ?? none },
	{ id: 'account', title: 'people.account', csv: ['active'], cell: (one) => <ActiveBadge active={one.active} /> },
	{ id: 'eligible', title: 'people.eligible', width: 15, csv: ['eligible'], cell: (one) => (one.eligible ? t('people.yes') : <span className="pomona-muted">{one.why_not_eligible ?? t('people.no')}</span>) },
	{ id: 'registered', title: 'life.registered', width: 15, csv: ['registered_at'], cell: (one) => <When at={one.vpp.registered_at} /> },
	{ id: 'invited', title: 'life.message', width: 15, csv: ['message_state', 'message_channel', 'message_at'], cell: (one) => (one.vpp.message.at ? <><When at={one.vpp.message.at} />{one.vpp.message.channel && <span className="pomona-muted"> · {tMaybe(`message.channel.${one.vpp.message.channel}`, one.vpp.message.channel)}</span>}</> : none) },
	{ id: 'accepted', title: 'life.associated', width: 15, csv: ['associated_at'], cell: (one) => <When at={one.vpp.associated_at} /> },
];

export const USUAL = ['email', 'department', 'devices', 'vpp'];

/** The columns that were chosen, in their order; words from another version are passed over. */
export function chosenColumns(ids: readonly string[]): PeopleColumn[] {
	return (ids.length > 0 ? ids : USUAL).flatMap((id) => COLUMNS.find((one) => one.id === id) ?? []);
}

const SORTS = ['name', 'email', 'department', 'state', 'synced'];

/** What the address says the list is sorted by; a word from another version is passed over. */
export function sortOf(said: string | undefined): { by: PeopleSort; down: boolean } {
	const down = said?.startsWith('-') ?? false;
	const word = down ? said?.slice(1) : said;
	return { by: (SORTS.includes(word ?? '') ? word : 'name') as PeopleSort, down: down && SORTS.includes(word ?? '') };
}
