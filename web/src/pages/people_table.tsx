// The rows of User > list of users.
import { useRef } from 'react';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { Link } from 'wouter';
import type { Person } from '../lib/api';
import { formatList, formatNumber, t } from '../lib/i18n';
import { isSelected, range, type Selection } from '../lib/selection';
import { ActiveBadge, FailedMark, MessageBadge, VppBadge } from '../parts/badges';

interface Props {
	people: Person[]; selection: Selection; descending: boolean; busy: boolean;
	onSelect: (ids: number[], selected: boolean) => void; onSort: () => void;
}

function VppCell({ person }: { person: Person }) {
	const { vpp } = person;
	return (
		<div className="pomona-row pomona-close">
			<VppBadge state={vpp.state} />
			{vpp.failed && <FailedMark reason={vpp.failed.reason} />}
			{vpp.message.state === 'not_sent' && <MessageBadge state="not_sent" />}
		</div>
	);
}

export function PeopleTable({ people, selection, descending, busy, onSelect, onSort }: Props) {
	const last = useRef<number | null>(null);
	const shift = useRef(false);
	const ids = people.map((one) => one.id);
	const pick = (id: number, selected: boolean) => {
		onSelect(shift.current && last.current !== null ? range(ids, last.current, id) : [id], selected);
		last.current = id;
	};
	return (
		<Table variant="compact" gridBreakPoint="grid-md" aria-label={t('people.table')} aria-busy={busy} className={busy ? 'pomona-stale' : undefined}>
			<Thead>
				<Tr>
					<Th className="pomona-check-cell" screenReaderText={t('people.select_column')} />
					<Th width={25} modifier="wrap" sort={{ columnIndex: 1, sortBy: { index: 1, direction: descending ? 'desc' : 'asc' }, onSort }}>{t('people.name')}</Th>
					<Th width={20}>{t('people.email')}</Th>
					<Th width={15}>{t('people.department')}</Th>
					<Th width={15}>{t('people.devices')}</Th>
					<Th width={20}>{t('people.vpp')}</Th>
				</Tr>
			</Thead>
			<Tbody>
				{people.map((person) => (
					<Tr key={person.id} isRowSelected={isSelected(selection, person.id)}>
						<Td className="pomona-check-cell" onClickCapture={(event) => { shift.current = event.shiftKey; }} onKeyDownCapture={(event) => { shift.current = event.shiftKey; }}>
							<label className="pomona-check">
								<input type="checkbox" checked={isSelected(selection, person.id)} aria-label={t('people.select', { name: person.display_name })}
									onChange={(event) => pick(person.id, event.target.checked)} />
							</label>
						</Td>
						<Td dataLabel={t('people.name')} className="pomona-wrap">
							<div><Link to={`/user/${person.id}`}>{person.display_name}</Link>{!person.active && <> <ActiveBadge active={false} /></>}</div>
							<div className="pomona-muted pomona-small">{person.user_name}</div>
						</Td>
						<Td dataLabel={t('people.email')} className="pomona-wrap">{person.email ?? <em className="pomona-muted">{t('people.no_email')}</em>}</Td>
						<Td dataLabel={t('people.department')} className="pomona-wrap">{person.department ?? <span className="pomona-muted">–</span>}</Td>
						<Td dataLabel={t('people.devices')} modifier="nowrap">
							{person.devices > 0
								? <span title={person.why_not_eligible ?? undefined}>{formatNumber(person.devices)}{person.platforms.length > 0 && <span className="pomona-muted"> · {formatList(person.platforms)}</span>}</span>
								: <span className="pomona-muted">{t('people.no_device')}</span>}
						</Td>
						<Td dataLabel={t('people.vpp')}><VppCell person={person} /></Td>
					</Tr>
				))}
			</Tbody>
		</Table>
	);
}
