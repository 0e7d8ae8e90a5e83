// Who holds a licence of an app: users and devices, searched, page by page.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Query } from '../../lib/address';
import { api, body } from '../../lib/api';
import { t } from '../../lib/i18n';
import type { components, paths } from '../../lib/schema';
import { Panel } from '../../parts/card';
import { Chips, Filters, Search, type FilterField } from '../../parts/filters';
import { usePageOf } from '../../parts/pager';
import { Rows, type Column } from '../../parts/rows';
import { ClearFilters, Empty } from '../../parts/states';

type Assignment = components['schemas']['Assignment'];
type Asked = NonNullable<paths['/api/v1/locations/{id}/assignments']['get']['parameters']['query']>;

function columns(): Column<Assignment>[] {
	return [
		{ key: 'who', title: t('items.who'), width: 40, cell: (one) => (one.person ? <Link to={`/user/${one.person.id}`}>{one.person.display_name}</Link> : <span className="pomona-muted">{t('licence.nobody')}</span>) },
		{ key: 'how', title: t('licence.how'), width: 20, cell: (one) => (one.serial_number ? t('licence.device') : t('licence.user')) },
		{
			key: 'id', title: t('licence.id'), width: 40,
			cell: (one) => (one.serial_number ? <Link to={`/device?q=${encodeURIComponent(one.serial_number)}`} className="pomona-mono">{one.serial_number}</Link> : <span className="pomona-mono">{one.client_user_id}</span>),
		},
	];
}

export function Holders({ location, adamId, pricing, query, change }: {
	location: number; adamId: string; pricing: string; query: Query; change: (next: Record<string, string | undefined>, how?: 'push' | 'replace') => void;
}) {
	const { limit, after } = usePageOf(query);
	const asked = { adam_id: adamId, pricing_param: pricing, q: query.q, by: query.by, limit, after, count: 1 } as Asked;
	const list = useQuery({
		queryKey: ['assignments', location, asked],
		queryFn: ({ signal }) => body(api.GET('/api/v1/locations/{id}/assignments', { params: { path: { id: location }, query: asked }, signal })),
		placeholderData: keepPreviousData,
	});
	const fields: FilterField[] = [{ name: 'by', label: t('licence.how'), choices: [{ value: 'user', text: t('licence.users') }, { value: 'device', text: t('licence.devices') }] }];
	const filtered = Boolean(query.q ?? query.by);
	const clear = () => change({ q: undefined, by: undefined, after: undefined, page: undefined });
	return (
		<Panel title={t('licence.holders')}>
			<div className="pomona-row">
				<Search value={query.q ?? ''} change={change} label={t('licence.search')} hint={t('licence.search_hint')} />
				<Filters fields={fields} query={query} change={change} />
			</div>
			<Chips fields={fields} query={query} change={change} />
			<Rows label={t('licence.holders')} columns={columns()} list={list} rowKey={(one) => one.client_user_id ?? one.serial_number ?? ''} query={query} change={change}
				empty={filtered ? <Empty level="h3" title={t('licence.no_match')} actions={<ClearFilters onClick={clear} />} /> : <p className="pomona-muted">{t('licence.no_holder')}</p>} />
		</Panel>
	);
}
