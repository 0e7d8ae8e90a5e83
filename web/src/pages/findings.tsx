// Findings: what is at Apple and was not done by us, and what to do about it.
import { Button, Label } from '@patternfly/react-core';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, type Finding } from '../lib/api';
import { useQueryState } from '../lib/address';
import { askedJob } from '../lib/events';
import { t } from '../lib/i18n';
import { useMay } from '../lib/session';
import type { paths } from '../lib/schema';
import { Chips, Filters, type FilterField } from '../parts/filters';
import { addStrip } from '../parts/job_strip';
import { Page } from '../parts/page';
import { usePageOf } from '../parts/pager';
import { Rows, type Column } from '../parts/rows';
import { ClearFilters, Empty, Trouble } from '../parts/states';
import { useSays } from '../parts/toasts';
import { When } from '../parts/when';

type FindingsQuery = NonNullable<paths['/api/v1/findings']['get']['parameters']['query']>;
type How = 'invite' | 'sync' | 'leave';

const KINDS = ['foreign', 'second_record', 'missing', 'retired_elsewhere', 'email_elsewhere', 'other_account', 'shared_account'] as const;

function Acts({ finding }: { finding: Finding }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const mayAct = useMay('operator');
	const repair = useMutation({
		mutationFn: (how: How) => body(api.POST('/api/v1/findings/{id}/repair', { params: { path: { id: finding.id } }, body: { how } })),
		onSuccess: ({ job }) => {
			if (job) {
				askedJob(job);
				addStrip(job.id);
			} else {
				toast(t('finding.left'));
			}
			void client.invalidateQueries({ queryKey: ['findings'] });
		},
	});
	if (finding.state !== 'open') return <span className="pomona-muted">{finding.solved_because}</span>;
	return (
		<>
			{mayAct && finding.repair && <Button variant="link" size="sm" isDisabled={repair.isPending} onClick={() => repair.mutate(finding.repair as How)}>{t(`finding.repair.${finding.repair}`)}</Button>}{' '}
			{mayAct && <Button variant="link" size="sm" isDisabled={repair.isPending} onClick={() => repair.mutate('leave')}>{t('finding.repair.leave')}</Button>}
			{finding.repair_job && <div className="pomona-small"><Link to={`/job/${finding.repair_job}`}>{t('job.name', { id: finding.repair_job })}</Link></div>}
			{repair.error && <Trouble error={repair.error} />}
		</>
	);
}

function columns(): Column<Finding>[] {
	return [
		{ key: 'kind', title: t('items.kind'), width: 15, cell: (one) => <Label isCompact color={one.state === 'open' ? 'orange' : 'grey'}>{t(`finding.kind.${one.kind}`)}</Label> },
		{ key: 'who', title: t('items.who'), width: 15, cell: (one) => (one.person ? <Link to={`/user/${one.person.id}`}>{one.person.display_name}</Link> : <span className="pomona-muted">{t('plan.nobody')}</span>) },
		{ key: 'detail', title: t('items.reason'), width: 35, cell: (one) => <>{one.detail}<div className="pomona-muted pomona-small">{t(`finding.help.${one.kind}`)}</div><div className="pomona-muted pomona-small pomona-mono">{one.subject}</div></> },
		{ key: 'when', title: t('finding.seen'), width: 15, cell: (one) => <><When at={one.first_seen_at} /><div className="pomona-muted pomona-small">{t('finding.last_seen')} <When at={one.last_seen_at} /></div></> },
		{ key: 'acts', title: t('finding.acts'), width: 20, cell: (one) => <Acts finding={one} /> },
	];
}

export default function Findings() {
	const [query, change] = useQueryState();
	const { limit, after } = usePageOf(query);
	const asked = { limit, after, count: 1, kind: query.kind, state: query.state ?? 'open' } as FindingsQuery;
	const list = useQuery({
		queryKey: ['findings', asked],
		queryFn: ({ signal }) => body(api.GET('/api/v1/findings', { params: { query: asked }, signal })),
		placeholderData: keepPreviousData,
	});
	const fields: FilterField[] = [
		{ name: 'kind', label: t('items.kind'), choices: KINDS.map((one) => ({ value: one, text: t(`finding.kind.${one}`) })) },
		{ name: 'state', label: t('items.state'), choices: (['open', 'solved'] as const).map((one) => ({ value: one, text: t(`finding.state.${one}`) })) },
	];
	const empty = query.kind ?? query.state
		? <Empty title={t('finding.no_match')} actions={<ClearFilters onClick={() => change({ kind: undefined, state: undefined, after: undefined, page: undefined })} />} />
		: <Empty title={t('finding.none')}>{t('finding.none_words')}</Empty>;
	return (
		<Page title={t('finding.title')} intro={t('finding.intro')}>
			<div className="pomona-row"><Filters fields={fields} query={query} change={change} /></div>
			<Chips fields={fields} query={query} change={change} />
			<Rows label={t('finding.title')} columns={columns()} list={list} rowKey={(one) => one.id} empty={empty} query={query} change={change} />
		</Page>
	);
}
