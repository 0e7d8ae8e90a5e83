// A plain table of a paged list, with every state it can be in. With `more`, a row opens to show what else is known.
import { Fragment, useState, type ReactNode } from 'react';
import { Button } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import AngleDownIcon from '@patternfly/react-icons/dist/esm/icons/angle-down-icon';
import AngleRightIcon from '@patternfly/react-icons/dist/esm/icons/angle-right-icon';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Query } from '../lib/address';
import { t } from '../lib/i18n';
import { Pager } from './pager';
import { Loading, ReadTrouble } from './states';

export interface Column<T> { key: string; title: string; cell: (row: T) => ReactNode; className?: string; width?: 10 | 15 | 20 | 25 | 30 | 35 | 40 | 45 | 50 }

/** What a row opens to show: its name for the button, and the rest; null when there is nothing more. */
export interface More<T> { name: (row: T) => string; show: (row: T) => ReactNode | null }

function Row<T>({ row, columns, more, hasMore }: { row: T; columns: Column<T>[]; more?: More<T>; hasMore: boolean }) {
	const [open, setOpen] = useState(false);
	const rest = more?.show(row) ?? null;
	return (
		<Fragment>
			<Tr>
				{hasMore && (
					<Td className="pomona-open-cell">
						{rest !== null && (
							<Button variant="plain" size="sm" aria-expanded={open} aria-label={t('rows.more', { name: more?.name(row) ?? '' })} onClick={() => setOpen(!open)}
								icon={open ? <AngleDownIcon /> : <AngleRightIcon className="pomona-mirror" />} />
						)}
					</Td>
				)}
				{columns.map((one) => <Td key={one.key} dataLabel={one.title} className={`pomona-wrap ${one.className ?? ''}`}>{one.cell(row)}</Td>)}
			</Tr>
			{open && <Tr className="pomona-more-row"><Td colSpan={columns.length + 1}>{rest}</Td></Tr>}
		</Fragment>
	);
}

export function Rows<T>({ label, columns, list, rowKey, empty, query, change, more }: {
	label: string; columns: Column<T>[]; list: UseQueryResult<{ items: T[]; next: string | null; total?: number }>; rowKey: (row: T) => string | number;
	empty: ReactNode; query?: Query; change?: (next: Record<string, string | undefined>) => void; more?: More<T>;
}) {
	const rows = list.data?.items ?? [];
	return (
		<>
			<ReadTrouble read={list} />
			{list.isPending && <Loading label={t('state.loading')} />}
			{list.data && rows.length === 0 && empty}
			{rows.length > 0 && (
				<Table variant="compact" gridBreakPoint="grid-md" aria-label={label} aria-busy={list.isPlaceholderData} data-rows className={list.isPlaceholderData ? 'pomona-stale' : undefined}>
					<Thead>
						<Tr>
							{more && <Th className="pomona-open-cell" screenReaderText={t('rows.more_column')} />}
							{columns.map((one) => <Th key={one.key} width={one.width} modifier="wrap" className={one.className}>{one.title}</Th>)}
						</Tr>
					</Thead>
					<Tbody>{rows.map((row) => <Row key={rowKey(row)} row={row} columns={columns} more={more} hasMore={more !== undefined} />)}</Tbody>
				</Table>
			)}
			{query && change && <Pager query={query} change={change} shown={rows.length} next={list.data?.next} total={list.data?.total} label={t('list.pages', { list: label })} />}
		</>
	);
}
