import { ExpandableSection } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body, type AuditEntry } from '../lib/api';
import { useQueryState } from '../lib/address';
import { t, tMaybe } from '../lib/i18n';
import { Page } from '../parts/page';
import { usePageOf } from '../parts/pager';
import { Rows, type Column } from '../parts/rows';
import { Empty } from '../parts/states';
import { When } from '../parts/when';

function Detail({ entry }: { entry: AuditEntry }) {
	if (!entry.detail || Object.keys(entry.detail).length === 0) return <span className="pomona-muted">–</span>;
	return (
		<ExpandableSection toggleText={t('audit.detail')} isIndented>
			<pre className="pomona-dialogue pomona-mono">{JSON.stringify(entry.detail, null, 2)}</pre>
		</ExpandableSection>
	);
}

function columns(): Column<AuditEntry>[] {
	return [
		{ key: 'when', title: t('audit.when'), width: 15, cell: (entry) => <When at={entry.at} /> },
		{ key: 'who', title: t('audit.who'), width: 20, cell: (entry) => <>{entry.actor.name}<div className="pomona-muted pomona-small">{[tMaybe(`actor.${entry.actor.kind}`, entry.actor.kind), entry.actor.from].filter(Boolean).join(' · ')}</div></> },
		{ key: 'what', title: t('audit.what'), width: 25, cell: (entry) => <>{tMaybe(`act.${entry.act}`, entry.act.replaceAll(/[._]/g, ' '))}<div className="pomona-muted pomona-small pomona-mono">{entry.act}</div></> },
		{ key: 'target', title: t('audit.target'), width: 20, cell: (entry) => [entry.target.name, entry.target.kind && tMaybe(`target.${entry.target.kind}`, entry.target.kind), entry.target.id].filter(Boolean).join(' · ') || '–' },
		{ key: 'detail', title: t('audit.detail'), width: 20, cell: (entry) => <Detail entry={entry} /> },
	];
}

export default function Audit() {
	const [query, change] = useQueryState();
	const { limit, after } = usePageOf(query);
	const list = useQuery({
		queryKey: ['audit', limit, after],
		queryFn: ({ signal }) => body(api.GET('/api/v1/audit', { params: { query: { limit, after } }, signal })),
		placeholderData: keepPreviousData,
	});
	return (
		<Page title={t('nav.audit')} intro={t('audit.intro')}>
			<Rows label={t('nav.audit')} columns={columns()} list={list} rowKey={(entry) => entry.id} empty={<Empty title={t('audit.none')} />} query={query} change={change} />
		</Page>
	);
}
