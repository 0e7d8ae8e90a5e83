// One import: what it would change, then what it did.
import { useState } from 'react';
import { Alert, Button, ExpandableSection } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, newKey, type Import } from '../../lib/api';
import { isOpen, askedJob } from '../../lib/events';
import { t } from '../../lib/i18n';
import { fileOf } from '../../lib/import_file';
import { ActButton } from '../../parts/act_button';
import { Panel } from '../../parts/card';
import { FileDrop } from '../../parts/file_drop';
import { JobProgress, useJob } from '../../parts/job_strip';
import { Loading, Trouble } from '../../parts/states';
import { fieldName, Matching } from './matching';
import { Steps } from './steps';
import { Counts, Verdicts } from './verdicts';

function Applied({ data, job: id }: { data: Import; job: number }) {
	const { data: job } = useJob(id, true);
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
function Columns({ data, change }: { data: Import; change?: () => void }) {
	const unused = data.columns.filter((one) => one.field === null).length;
	return (
		<ExpandableSection toggleText={unused > 0 ? t('import.columns_unused', { count: unused }) : t('import.columns')}>
			<table className="pomona-numbers pomona-matching">
				<thead><tr><th scope="col">{t('import.column')}</th><th scope="col">{t('import.taken_for')}</th></tr></thead>
				<tbody>
					{data.columns.map((one, place) => (
						<tr key={place}><th scope="row" className="pomona-wrap" translate="no">{one.header}</th><td>{one.field ? fieldName(one.field) : <span className="pomona-muted">{t('import.not_used')}</span>}</td></tr>
					))}
				</tbody>
			</table>
			<p className="pomona-muted pomona-small">{t(`import.matching.${data.matching}`)}</p>
			{change && <Button variant="link" isInline onClick={change}>{t('import.match_change')}</Button>}
		</ExpandableSection>
	);
}

/** The file is here as long as the page was not loaded anew; else it is asked for once more. */
function MatchAgain({ data, onCancel }: { data: Import; onCancel: () => void }) {
	const [file, setFile] = useState(() => fileOf(data.id));
	if (file) return <Matching kind={data.kind} file={file} onCancel={onCancel} />;
	return (
		<Panel title={t('import.match')} foot={<Button variant="link" onClick={onCancel}>{t('dialog.cancel')}</Button>}>
			<p>{t('import.match_file', { file: data.file_name ?? '' })}</p>
			<FileDrop accept=".csv,text/csv,text/plain" words={t('import.drop')} button={t('import.choose')} busy={false} onFile={setFile} />
		</Panel>
	);
}

export function Preview({ id }: { id: number }) {
	const client = useQueryClient();
	const found = useQuery({
		queryKey: ['import', id],
		queryFn: ({ signal }) => body(api.GET('/api/v1/imports/{id}', { params: { path: { id } }, signal })),
		refetchInterval: (query) => (query.state.data && ['reading', 'applying'].includes(query.state.data.state) ? 700 : false),
	});
	const [key] = useState(newKey);
	const [matching, setMatching] = useState(false);
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
	const open = data.state === 'preview' && job === null;
	if (matching && open) return <><Steps now={1} /><MatchAgain data={data} onCancel={() => setMatching(false)} /></>;
	return (
		<>
			<Steps now={open ? 1 : 2} />
			<Panel title={t(`import.${data.kind}`)} foot={open && (
				<>
					<ActButton variant="primary" isDisabled={good === 0 || apply.isPending} isLoading={apply.isPending} onClick={() => apply.mutate()}>{t('import.apply', { count: good })}</ActButton>
					<Button variant="secondary" onClick={() => setMatching(true)}>{t('import.match_change')}</Button>
					<Link className="pf-v6-c-button pf-m-link" to={`/user/import?kind=${data.kind}`}>{t('import.other')}</Link>
				</>
			)}>
				{data.file_name && <p className="pomona-mono">{data.file_name}</p>}
				<Counts data={data} />
				{open && <p>{good === 0 ? t('import.nothing') : data.bad > 0 ? t('import.some_bad', { count: data.bad }) : t('import.ready')}</p>}
				<Columns data={data} change={open ? () => setMatching(true) : undefined} />
				{apply.error && <Trouble error={apply.error} />}
				{job !== null && <Applied data={data} job={job} />}
			</Panel>
			<Verdicts data={data} />
		</>
	);
}
