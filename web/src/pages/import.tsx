// Import of people or devices: upload, look at what it would change, apply.
import { useState } from 'react';
import { Alert, Button, ExpandableSection, Label } from '@patternfly/react-core';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { api, asIs, body, newKey, type Import } from '../lib/api';
import { useQueryState } from '../lib/address';
import { isOpen, askedJob } from '../lib/events';
import { formatNumber, t } from '../lib/i18n';
import type { components, paths } from '../lib/schema';
import { Panel } from '../parts/card';
import { Choices } from '../parts/choices';
import { FileDrop } from '../parts/file_drop';
import { JobProgress, useJob } from '../parts/job_strip';
import { Page } from '../parts/page';
import { usePageOf } from '../parts/pager';
import { Rows, type Column } from '../parts/rows';
import { Empty, Loading, Trouble } from '../parts/states';
import { When } from '../parts/when';

type Kind = Import['kind'];
type Row = components['schemas']['ImportRow'];
type RowsQuery = NonNullable<paths['/api/v1/imports/{id}/rows']['get']['parameters']['query']>;

const FILE_MOST = 64 * 1024 * 1024;
const VERDICTS = [['bad', 'bad'], ['change', 'changed'], ['add', 'added'], ['same', 'unchanged']] as const;
const COLOR = { bad: 'red', change: 'blue', add: 'green', same: 'grey' } as const;

function Upload({ first }: { first: Kind }) {
	const [, go] = useLocation();
	const [kind, setKind] = useState<Kind>(first);
	const [tooLarge, setTooLarge] = useState(false);
	const upload = useMutation({
		mutationFn: (file: File) => body(api.POST('/api/v1/imports', {
			params: { query: { kind, file_name: file.name.slice(0, 200) } }, headers: { 'Content-Type': 'text/csv' }, body: file as unknown as string, bodySerializer: asIs,
		})),
		onSuccess: (made) => go(`/user/import/${made.id}`),
	});
	const take = (file: File) => {
		upload.reset();
		setTooLarge(file.size > FILE_MOST);
		if (file.size <= FILE_MOST) upload.mutate(file);
	};
	return (
		<Panel title={t('import.upload')}>
			<Choices name="kind" label={t('import.kind')} value={kind} onChange={setKind} choices={[
				{ value: 'people', label: t('import.people'), help: t('import.people_help') },
				{ value: 'devices', label: t('import.devices'), help: t('import.devices_help') },
			]} />
			<FileDrop accept=".csv,text/csv,text/plain" words={t('import.drop')} button={t('import.choose')} busy={upload.isPending} onFile={take} />
			{tooLarge && <Trouble error={new Error(t('import.too_large'))} title={t('import.refused')} />}
			{upload.error && <Trouble error={upload.error} title={t('import.refused')} />}
			<p className="pomona-muted">{t('import.form')} <Template kind={kind} /></p>
		</Panel>
	);
}

function columns(verdict: string | undefined, applied: boolean): Column<Row>[] {
	return [
		{ key: 'line', title: t('import.line'), width: 10, className: 'pomona-number', cell: (row) => formatNumber(row.line) },
		{ key: 'verdict', title: t('import.verdict'), width: 15, cell: (row) => <Label isCompact color={COLOR[row.verdict]} variant="outline">{t(`import.verdict.${row.verdict}`)}</Label> },
		{ key: 'key', title: t('import.key'), width: 25, cell: (row) => row.key ?? <span className="pomona-muted">–</span> },
		...(applied ? [{ key: 'outcome', title: t('import.outcome'), width: 15 as const, cell: (row: Row) => (row.outcome ? t(`import.outcome.${row.outcome}`) : <span className="pomona-muted">–</span>) }] : []),
		{ key: 'why', title: verdict === 'bad' ? t('import.reason') : t('import.changes'), width: applied ? 35 : 50, cell: (row) => row.reason ?? row.changes ?? <span className="pomona-muted">–</span> },
	];
}

function Verdicts({ data }: { data: Import }) {
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

function Counts({ data }: { data: Import }) {
	return (
		<dl className="pomona-counts">
			{VERDICTS.map(([name, count]) => (
				<div key={name} data-verdict={name}><dt>{t(`import.verdict.${name}`)}</dt><dd className="pomona-big">{formatNumber(data[count])}</dd></div>
			))}
		</dl>
	);
}

function Applied({ data, job: id }: { data: Import; job: number }) {
	const { data: job } = useJob(id);
	if (!job) return <Loading label={t('state.loading')} rows={2} />;
	const done = job.state === 'done';
	return (
		<div className="pomona-stack">
			{!done && <JobProgress job={job} />}
			{done && <Alert isInline variant={data.bad > 0 ? 'warning' : 'success'} component="p" title={t('import.applied', { added: data.added, changed: data.changed })}>{data.bad > 0 && t('import.applied_bad', { count: data.bad })}</Alert>}
			{!isOpen(job) && (
				<div className="pomona-row">
					<Link className="pf-v6-c-button pf-m-primary" to={data.kind === 'people' ? '/user' : '/device'}>{data.kind === 'people' ? t('import.to_people') : t('import.to_devices')}</Link>
					{data.kind === 'people' && <Link className="pf-v6-c-button pf-m-secondary" to="/user/import?kind=devices">{t('device.import')}</Link>}
					<Link to={`/job/${id}`}>{t('job.name', { id })}</Link>
				</div>
			)}
		</div>
	);
}

/** Which column of the file was taken for what. */
function Columns({ data }: { data: Import }) {
	const unused = data.columns.filter((one) => one.field === null).length;
	return (
		<ExpandableSection toggleText={unused > 0 ? t('import.columns_unused', { count: unused }) : t('import.columns')}>
			<table className="pomona-numbers pomona-matching">
				<thead><tr><th scope="col">{t('import.column')}</th><th scope="col">{t('import.taken_for')}</th></tr></thead>
				<tbody>
					{data.columns.map((one, place) => (
						<tr key={place}><th scope="row" className="pomona-wrap" translate="no">{one.header}</th><td>{one.field ? <span className="pomona-mono" translate="no">{one.field}</span> : <span className="pomona-muted">{t('import.not_used')}</span>}</td></tr>
					))}
				</tbody>
			</table>
			<p className="pomona-muted pomona-small">{t('import.columns_words')}</p>
		</ExpandableSection>
	);
}

/** Where one is on the way: the file, what it would change, done. */
function Steps({ now }: { now: 0 | 1 | 2 }) {
	return (
		<ol className="pomona-way" aria-label={t('import.steps')}>
			{(['import.step_file', 'import.step_look', 'import.step_done'] as const).map((key, place) => (
				<li key={key} aria-current={place === now ? 'step' : undefined} data-past={place < now || undefined}>{t(key)}</li>
			))}
		</ol>
	);
}

function earlierColumns(): Column<Import>[] {
	return [
		{ key: 'when', title: t('items.when'), width: 15, cell: (one) => <When at={one.created_at} /> },
		{ key: 'file', title: t('import.file'), width: 30, cell: (one) => <Link to={`/user/import/${one.id}`}>{one.file_name ?? t('import.number', { id: one.id })}</Link> },
		{ key: 'kind', title: t('import.kind'), width: 10, cell: (one) => t(`import.${one.kind}`) },
		{ key: 'state', title: t('items.state'), width: 15, cell: (one) => <Label isCompact variant="outline" color={one.state === 'applied' ? 'green' : one.state === 'discarded' ? 'grey' : 'blue'}>{t(`import.state.${one.state}`)}</Label> },
		{ key: 'counts', title: t('import.rows'), width: 20, cell: (one) => t('import.counts', { added: one.added, changed: one.changed, bad: one.bad }) },
		{ key: 'who', title: t('jobs.by'), width: 10, cell: (one) => one.created_by },
	];
}

function Earlier() {
	const [query, change] = useQueryState();
	const { limit, after } = usePageOf(query);
	const list = useQuery({
		queryKey: ['imports', limit, after],
		queryFn: ({ signal }) => body(api.GET('/api/v1/imports', { params: { query: { limit, after, count: 1 } }, signal })),
		placeholderData: keepPreviousData,
	});
	return (
		<Panel title={t('import.earlier')}>
			<Rows label={t('import.earlier')} columns={earlierColumns()} list={list} rowKey={(one) => one.id} query={query} change={change} empty={<p className="pomona-muted">{t('import.none_earlier')}</p>} />
		</Panel>
	);
}

const TEMPLATE: Record<Kind, string> = {
	people: 'user_name,display_name,email,managed_apple_account,department,groups,language,active\r\nana.example,Ana Example,ana@example.org,,Sales,staff|ipads,en,yes\r\n',
	devices: 'serial_number,platform,model,name,os_version,udid,enrolment_type,state,user\r\nC02EXAMPLE01,iPadOS,iPad,Ana’s iPad,17.6,,device,activated,ana.example\r\n',
};

/** A file to fill in, made here: the heading that an import knows and one row to write over. */
function Template({ kind }: { kind: Kind }) {
	const save = () => {
		const link = document.createElement('a');
		link.href = URL.createObjectURL(new Blob(['\ufeff', TEMPLATE[kind]], { type: 'text/csv' }));
		link.download = `${kind}.csv`;
		link.click();
		URL.revokeObjectURL(link.href);
	};
	return <Button variant="link" isInline onClick={save}>{kind === 'people' ? t('import.template_people') : t('import.template_devices')}</Button>;
}

function Preview({ id }: { id: number }) {
	const client = useQueryClient();
	const found = useQuery({
		queryKey: ['import', id],
		queryFn: ({ signal }) => body(api.GET('/api/v1/imports/{id}', { params: { path: { id } }, signal })),
		refetchInterval: (query) => (query.state.data && ['reading', 'applying'].includes(query.state.data.state) ? 700 : false),
	});
	const [key] = useState(newKey);
	const apply = useMutation({
		mutationFn: async () => (await body(api.POST('/api/v1/imports/{id}/apply', { params: { path: { id }, header: { 'Idempotency-Key': key } } }))).job,
		onSuccess: (job) => {
			askedJob(job);
			for (const name of ['import', 'people', 'count', 'devices', 'jobs']) void client.invalidateQueries({ queryKey: [name] });
		},
	});
	if (found.error && !found.data) return <Trouble error={found.error} again={() => void found.refetch()} />;
	if (!found.data) return <Loading label={t('state.loading')} />;
	const data = found.data;
	if (data.state === 'reading') return <Panel title={t(`import.${data.kind}`)}><p role="status">{t('import.reading')}</p><Loading label={t('import.reading')} rows={3} /></Panel>;
	const job = apply.data?.id ?? data.job_id;
	const good = data.added + data.changed;
	return (
		<>
			<Steps now={data.state === 'preview' && job === null ? 1 : 2} />
			<Panel title={t(`import.${data.kind}`)} foot={data.state === 'preview' && job === null && (
				<>
					<Button variant="primary" isDisabled={good === 0 || apply.isPending} isLoading={apply.isPending} onClick={() => apply.mutate()}>{t('import.apply', { count: good })}</Button>
					<Link className="pf-v6-c-button pf-m-link" to={`/user/import?kind=${data.kind}`}>{t('import.other')}</Link>
				</>
			)}>
				{data.file_name && <p className="pomona-mono">{data.file_name}</p>}
				<Counts data={data} />
				{data.state === 'preview' && job === null && <p>{good === 0 ? t('import.nothing') : data.bad > 0 ? t('import.some_bad', { count: data.bad }) : t('import.ready')}</p>}
				<Columns data={data} />
				{apply.error && <Trouble error={apply.error} />}
				{job !== null && <Applied data={data} job={job} />}
			</Panel>
			<Verdicts data={data} />
		</>
	);
}

export default function ImportPage({ id }: { id?: number }) {
	const [query] = useQueryState();
	return (
		<Page title={t('import.title')} crumbs={[{ text: t('nav.user'), to: '/user' }]} intro={id === undefined ? t('import.intro') : undefined}>
			{id === undefined ? <><Steps now={0} /><Upload first={query.kind === 'devices' ? 'devices' : 'people'} /><Earlier /></> : <Preview id={id} key={id} />}
		</Page>
	);
}
