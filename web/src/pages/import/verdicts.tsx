// The rows of an import as they were judged, by verdict, and how many of each.
import { Label } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body, type Import } from '../../lib/api';
import { useQueryState } from '../../lib/address';
import { formatNumber, t } from '../../lib/i18n';
import type { components, paths } from '../../lib/schema';
import { Panel } from '../../parts/card';
import { usePageOf } from '../../parts/pager';
import { Rows, type Column } from '../../parts/rows';
import { Empty } from '../../parts/states';

type Row = components['schemas']['ImportRow'];
type RowsQuery = NonNullable<paths['/api/v1/imports/{id}/rows']['get']['parameters']['query']>;

const VERDICTS = [['bad', 'bad'], ['change', 'changed'], ['add', 'added'], ['same', 'unchanged']] as const;
const COLOR = { bad: 'red', change: 'blue', add: 'green', same: 'grey' } as const;

function columns(verdict: string | undefined, applied: boolean): Column<Row>[] {
	return [
		{ key: 'line', title: t('import.line'), width: 10, className: 'pomona-number', cell: (row) => formatNumber(row.line) },
		{ key: 'verdict', title: t('import.verdict'), width: 15, cell: (row) => <Label isCompact color={COLOR[row.verdict]} variant="outline">{t(`import.verdict.${row.verdict}`)}</Label> },
		{ key: 'key', title: t('import.key'), width: 25, cell: (row) => row.key ?? <span className="pomona-muted">–</span> },
		...(applied ? [{ key: 'outcome', title: t('import.outcome'), width: 15 as const, cell: (row: Row) => (row.outcome ? t(`import.outcome.${row.outcome}`) : <span className="pomona-muted">–</span>) }] : []),
		{ key: 'why', title: verdict === 'bad' ? t('import.reason') : t('import.changes'), width: applied ? 35 : 50, cell: (row) => row.reason ?? row.changes ?? <span className="pomona-muted">–</span> },
	];
}

export function Verdicts({ data }: { data: Import }) {
	const [query, change] = useQueryState();
	const { limit, after } = usePageOf(query);
	const firstWith = VERDICTS.find(([, count]) => data[count] > 0)?.[0];
	const verdict = (query.verdict ?? firstWith) as RowsQuery['verdict'];
	const list = useQuery({
		queryKey: ['import-rows', data.id, data.state, verdict, limit, after],
		queryFn: ({ signal }) => body(api.GET('/api/v1/imports/{id}/rows', { params: { path: { id: data.id }, query: { verdict, limit, after, count: 1 } }, signal })),
		placeholderData: keepPreviousData,
	});
	return (
		<Panel title={t('import.rows')}>
			<nav className="pomona-presets" aria-label={t('import.rows')}>
				{VERDICTS.map(([name, count]) => (
					<a key={name} href={`?verdict=${name}`} aria-current={verdict === name ? 'true' : undefined}
						onClick={(event) => { event.preventDefault(); change({ verdict: name, after: undefined, page: undefined }); }}>
						{t('import.tab', { name: t(`import.verdict.${name}`), number: data[count] })}
					</a>
				))}
			</nav>
			<Rows label={t('import.rows')} columns={columns(verdict, data.state === 'applied')} list={list} rowKey={(row) => row.line} query={query} change={change}
				empty={<Empty title={t('import.no_rows')} level="h3" />} />
		</Panel>
	);
}

export function Counts({ data }: { data: Import }) {
	return (
		<dl className="pomona-counts">
			{VERDICTS.map(([name, count]) => (
				<div key={name} data-verdict={name}><dt>{t(`import.verdict.${name}`)}</dt><dd className="pomona-big">{formatNumber(data[count])}</dd></div>
			))}
		</dl>
	);
}
