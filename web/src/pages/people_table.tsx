// The rows of User > list of users: three tab stops each (check box, name, menu), whatever columns are shown.
import { memo, useCallback, useEffect, useRef, useState, type MouseEvent, type RefObject } from 'react';
import { Dropdown, DropdownList } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr, type ThProps } from '@patternfly/react-table';
import EllipsisVIcon from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon';
import { Link } from 'wouter';
import type { Person } from '../lib/api';
import { t } from '../lib/i18n';
import { isSelected, range, type Selection } from '../lib/selection';
import { useMay } from '../lib/session';
import { ActiveBadge } from '../parts/badges';
import { Found } from '../parts/found';
import { ActionItems, type Verb } from '../parts/vpp_actions';
import type { PeopleColumn, PeopleSort } from './people_columns';

interface Props {
	people: Person[]; columns: PeopleColumn[]; selection: Selection; q: string | undefined; location: string; sort: { by: PeopleSort; down: boolean }; busy: boolean; roomy: boolean;
	onSelect: (ids: number[], selected: boolean) => void; onSort: (by: PeopleSort, down: boolean) => void; onAct: (verb: Verb, person: Person) => void;
}

interface RowProps {
	person: Person; columns: PeopleColumn[]; q: string | undefined; location: string; roomy: boolean; selected: boolean; isOpen: boolean;
	onPick: (id: number, selected: boolean, isRange: boolean) => void; onMenu: (person: Person, button: HTMLButtonElement) => void;
}

const Row = memo(function Row({ person, columns, q, location, roomy, selected, isOpen, onPick, onMenu }: RowProps) {
	const shift = useRef(false);
	const note = (event: { shiftKey: boolean }) => { shift.current = event.shiftKey; };
	const named = (
		<>
			<Link to={`/user/${person.id}${location}`}><Found text={person.display_name} q={q} /></Link>
			{!person.active && <> <ActiveBadge active={false} /></>}
		</>
	);
	return (
		<Tr isRowSelected={selected}>
			<Td className="pomona-check-cell" onClickCapture={note} onKeyDownCapture={note}>
				<label className="pomona-check">
					<input type="checkbox" checked={selected} aria-label={t('people.select', { name: person.display_name })} onChange={(event) => onPick(person.id, event.target.checked, shift.current)} />
				</label>
			</Td>
			<Td dataLabel={t('people.name')} className="pomona-wrap pomona-named">
				<div>{named}</div>
				{roomy && <div className="pomona-muted pomona-small"><Found text={person.user_name} q={q} /></div>}
			</Td>
			{columns.map((one) => <Td key={one.id} dataLabel={t(one.title)} className={`pomona-wrap ${one.isNumber ? 'pomona-number' : ''}`}>{one.cell(person, q)}</Td>)}
			<Td className="pomona-menu-cell">
				<button type="button" className="pf-v6-c-menu-toggle pf-m-plain pomona-row-menu" aria-haspopup="menu" aria-expanded={isOpen} aria-label={t('people.menu', { name: person.display_name })}
					onClick={(event: MouseEvent<HTMLButtonElement>) => onMenu(person, event.currentTarget)}>
					<EllipsisVIcon />
				</button>
			</Td>
		</Tr>
	);
});

/** One menu for all rows: it stands beside the button that opened it. */
function RowMenu({ person, toggle, onClose, onAct }: { person: Person | null; toggle: RefObject<HTMLButtonElement | null>; onClose: () => void; onAct: Props['onAct'] }) {
	const may = useMay('operator');
	const reasonOf = (verb: Verb) => (!may ? t('vpp.role') : person?.vpp.can[verb].possible ? undefined : person?.vpp.can[verb].reason ?? t(`people.none_${verb}`));
	const menu = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (person) setTimeout(() => menu.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus());
	}, [person]);
	return (
		<Dropdown ref={menu} isOpen={person !== null} onOpenChange={(open) => { if (!open) onClose(); }} onSelect={onClose} shouldFocusToggleOnSelect
			popperProps={{ position: 'end', appendTo: 'inline' }} toggle={{ toggleNode: <></>, toggleRef: toggle }}>
			<DropdownList>{person && <ActionItems reasonOf={reasonOf} onAct={(verb) => onAct(verb, person)} />}</DropdownList>
		</Dropdown>
	);
}

/** Which row's menu is open, and the button to which the focus goes back. */
function useRowMenu() {
	const [open, setOpen] = useState<Person | null>(null);
	const toggle = useRef<HTMLButtonElement>(null);
	const onMenu = useCallback((person: Person, button: HTMLButtonElement) => {
		toggle.current = button;
		setOpen((now) => (now?.id === person.id ? null : person));
	}, []);
	return { open, toggle, onMenu, close: () => setOpen(null) };
}

/** The head of a column that can be sorted by: pressed once it goes up, again down. */
function sorter(by: PeopleSort | undefined, now: Props['sort'], onSort: Props['onSort']): ThProps['sort'] {
	if (!by) return undefined;
	const index = now.by === by ? 0 : undefined;
	return { columnIndex: 0, sortBy: { index, direction: now.down ? 'desc' : 'asc' }, onSort: () => onSort(by, now.by === by && !now.down) };
}

export function PeopleTable({ people, columns, selection, q, location, sort, busy, roomy, onSelect, onSort, onAct }: Props) {
	const menu = useRowMenu();
	const last = useRef<number | null>(null);
	const latest = useRef({ people, onSelect });
	latest.current = { people, onSelect };
	const onPick = useCallback((id: number, selected: boolean, isRange: boolean) => {
		const ids = latest.current.people.map((one) => one.id);
		latest.current.onSelect(isRange && last.current !== null ? range(ids, last.current, id) : [id], selected);
		last.current = id;
	}, []);
	return (
		<>
			<Table variant={roomy ? undefined : 'compact'} gridBreakPoint="grid-md" aria-label={t('people.table')} aria-busy={busy} data-rows className={`pomona-people ${busy ? 'pomona-stale' : ''}`}>
				<Thead>
					<Tr>
						<Th className="pomona-check-cell" screenReaderText={t('people.select_column')} />
						<Th width={25} modifier="wrap" sort={sorter('name', sort, onSort)}>{t('people.name')}</Th>
						{columns.map((one) => <Th key={one.id} width={one.width} modifier="wrap" sort={sorter(one.sort, sort, onSort)} className={one.isNumber ? 'pomona-number' : undefined}>{t(one.title)}</Th>)}
						<Th className="pomona-menu-cell" screenReaderText={t('people.menu_column')} />
					</Tr>
				</Thead>
				<Tbody>
					{people.map((person) => (
						<Row key={person.id} person={person} columns={columns} q={q} location={location} roomy={roomy} selected={isSelected(selection, person.id)}
							isOpen={menu.open?.id === person.id} onPick={onPick} onMenu={menu.onMenu} />
					))}
				</Tbody>
			</Table>
			<RowMenu person={menu.open} toggle={menu.toggle} onClose={menu.close} onAct={onAct} />
		</>
	);
}
