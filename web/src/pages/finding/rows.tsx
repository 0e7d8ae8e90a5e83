// The findings of one group, row by row.
import { Button } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { Link } from 'wouter';
import type { Finding } from '../../lib/api';
import { t } from '../../lib/i18n';
import { isSelected, type Selection } from '../../lib/selection';
import { When } from '../../parts/when';
import { destroys, type How } from './wish';

const nameOf = (one: Finding) => one.person?.display_name ?? one.subject;

/** Of these every row would say the same, and the head of the group has said it. */
const SAME = ['missing', 'retired_elsewhere', 'other_account'];

function What({ one }: { one: Finding }) {
	return (
		<>
			{!SAME.includes(one.kind) && one.detail}
			<div className="pomona-muted pomona-small pomona-mono">{one.subject}</div>
		</>
	);
}

function RepairJob({ one }: { one: Finding }) {
	return one.repair_job !== null && <div className="pomona-small"><Link to={`/job/${one.repair_job}`}>{t('finding.repair_job', { id: one.repair_job })}</Link></div>;
}

function Seen({ one }: { one: Finding }) {
	return (
		<>
			<When at={one.first_seen_at} />
			<div className="pomona-muted pomona-small">{t('finding.last_seen')} <When at={one.last_seen_at} /></div>
			{one.job !== null && <div className="pomona-small"><Link to={`/job/${one.job}`}>{t('finding.found_by', { id: one.job })}</Link></div>}
		</>
	);
}

function Acts({ one, may, onAct }: { one: Finding; may: boolean; onAct: (how: How) => void }) {
	if (one.state !== 'open') return <>{one.solved_because}<div className="pomona-muted pomona-small"><When at={one.solved_at} /></div><RepairJob one={one} /></>;
	return (
		<div className="pomona-stack pomona-tight">
			{may && (
				<div className="pomona-row pomona-close">
					{one.repair && (one.person || one.repair === 'retire') && (
						<Button variant="link" isInline isDanger={destroys(one.repair)} aria-label={t('finding.act_on', { action: t(`finding.repair.${one.repair}`), name: nameOf(one) })} onClick={() => onAct(one.repair as How)}>
							{t(`finding.repair.${one.repair}`)}
						</Button>
					)}
					<Button variant="link" isInline aria-label={t('finding.act_on', { action: t('finding.repair.leave'), name: nameOf(one) })} onClick={() => onAct('leave')}>{t('finding.repair.leave')}</Button>
				</div>
			)}
			<RepairJob one={one} />
		</div>
	);
}

export function FindingRows({ findings, label, busy, may, selection, onSelect, onAct }: {
	findings: Finding[]; label: string; busy: boolean; may: boolean; selection: Selection | null;
	onSelect: (id: number, selected: boolean) => void; onAct: (how: How, one: Finding) => void;
}) {
	const isOpen = findings[0]?.state === 'open';
	const isSame = findings.every((one) => SAME.includes(one.kind));
	const titles = [t('items.who'), isSame ? t('person.client_id') : t('cause.cause'), t('finding.seen'), isOpen ? t('finding.acts') : t('finding.state.solved')] as const;
	return (
		<Table variant="compact" gridBreakPoint="grid-md" aria-label={label} aria-busy={busy} data-rows className={busy ? 'pomona-people pomona-stale' : 'pomona-people'}>
			<Thead>
				<Tr>
					{selection && <Th className="pomona-check-cell" screenReaderText={t('finding.select_column')} />}
					<Th width={20}>{titles[0]}</Th><Th width={40}>{titles[1]}</Th><Th width={20} modifier="wrap">{titles[2]}</Th><Th width={20} modifier="wrap">{titles[3]}</Th>
				</Tr>
			</Thead>
			<Tbody>
				{findings.map((one) => (
					<Tr key={one.id} isRowSelected={selection !== null && isSelected(selection, one.id)}>
						{selection && (
							<Td className="pomona-check-cell">
								<label className="pomona-check">
									<input type="checkbox" checked={isSelected(selection, one.id)} aria-label={t('finding.select', { name: nameOf(one) })} onChange={(event) => onSelect(one.id, event.target.checked)} />
								</label>
							</Td>
						)}
						<Td dataLabel={titles[0]} className="pomona-wrap pomona-named">{one.person ? <Link to={`/user/${one.person.id}`}>{one.person.display_name}</Link> : <span className="pomona-muted">{t('plan.nobody')}</span>}</Td>
						<Td dataLabel={titles[1]} className="pomona-wrap"><What one={one} /></Td>
						<Td dataLabel={titles[2]} className="pomona-wrap"><Seen one={one} /></Td>
						<Td dataLabel={titles[3]} className="pomona-wrap"><Acts one={one} may={may} onAct={(how) => onAct(how, one)} /></Td>
					</Tr>
				))}
			</Tbody>
		</Table>
	);
}
