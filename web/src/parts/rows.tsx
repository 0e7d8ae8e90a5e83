// A plain table of a paged list, with every state it can be in.
import type { ReactNode } from 'react';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Query } from '../lib/address';
import { t } from '../lib/i18n';
import { Pager } from './pager';
import { Loading, Trouble } from './states';

export interface Column<T> { key: string; title: string; cell: (row: T) => ReactNode; className?: string; width?: 10 | 15 | 20 | 25 | 30 | 35 | 40 | 45 | 50 }

export function Rows<T>({ label, columns, list, rowKey, empty, query, change }: {
	label: string; columns: Column<T>[]; list: UseQueryResult<{ items: T[]; next: string | null; total?: number }>; rowKey: (row: T) => string | number;
	empty: ReactNode; query?: Query; change?: (next: Record<string, string | undefined>) => void;
}) {
	const rows = list.data?.items ?? [];
	return (
		<>
			{list.error && <Trouble error={list.error} again={() => void list.refetch()} />}
			{list.isPending && <Loading label={t('state.loading')} />}
			{list.data && rows.length === 0 && empty}
			{rows.length > 0 && (
				<Table variant="compact" gridBreakPoint="grid-md" aria-label={label} aria-busy={list.isPlaceholderData} data-rows className={list.isPlaceholderData ? 'pomona-stale' : undefined}>
					<Thead><Tr>{columns.map((one) => <Th key={one.key} width={one.width} modifier="wrap" className={one.className}>{one.title}</Th>)}</Tr></Thead>
					<Tbody>
						{rows.map((row) => (
							<Tr key={rowKey(row)}>
								{columns.map((one) => <Td key={one.key} dataLabel={one.title} className={`pomona-wrap ${one.className ?? ''}`}>{one.cell(row)}</Td>)}
							</Tr>
						))}
					</Tbody>
				</Table>
			)}
			{query && change && <Pager query={query} change={change} shown={rows.length} next={list.data?.next} total={list.data?.total} label={t('list.pages', { list: label })} />}
		</>
	);
}
