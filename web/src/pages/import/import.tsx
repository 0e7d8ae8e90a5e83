// Import of people or devices: upload, look at what it would change, apply.
import { useState } from 'react';
import { Button, Label } from '@patternfly/react-core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { api, body, type Import } from '../../lib/api';
import { useQueryState } from '../../lib/address';
import { t } from '../../lib/i18n';
import { FILE_MOST, lookAt, upload, type Kind } from '../../lib/import_file';
import { saveFile } from '../../lib/save_file';
import { Panel } from '../../parts/card';
import { Choices } from '../../parts/choices';
import { FileDrop } from '../../parts/file_drop';
import { Page } from '../../parts/page';
import { usePageOf } from '../../parts/pager';
import { Rows, type Column } from '../../parts/rows';
import { Trouble } from '../../parts/states';
import { When } from '../../parts/when';
import { Matching } from './matching';
import { Preview } from './preview';
import { Steps } from './steps';

/** A file whose columns are all known goes on to its preview; for another one they are asked for first. */
function Upload({ first }: { first: Kind }) {
	const [, go] = useLocation();
	const [kind, setKind] = useState<Kind>(first);
	const [tooLarge, setTooLarge] = useState(false);
	const [asks, setAsks] = useState<File | null>(null);
	const send = useMutation({
		mutationFn: async (file: File) => ((await lookAt(kind, file)).problem === null ? upload(kind, file) : null),
		onSuccess: (made, file) => { if (made) go(`/user/import/${made.id}`); else setAsks(file); },
	});
	const take = (file: File) => {
		send.reset();
		setTooLarge(file.size > FILE_MOST);
		if (file.size <= FILE_MOST) send.mutate(file);
	};
	if (asks) return <Matching kind={kind} file={asks} onCancel={() => setAsks(null)} />;
	return (
		<Panel title={t('import.upload')}>
			<Choices name="kind" label={t('import.kind')} value={kind} onChange={setKind} choices={[
				{ value: 'people', label: t('import.people'), help: t('import.people_help') },
				{ value: 'devices', label: t('import.devices'), help: t('import.devices_help') },
			]} />
			<FileDrop accept=".csv,text/csv,text/plain" words={t('import.drop')} button={t('import.choose')} busy={send.isPending} onFile={take} />
			{tooLarge && <Trouble error={new Error(t('import.too_large'))} title={t('import.refused')} />}
			{send.error && <Trouble error={send.error} title={t('import.refused')} />}
			<p className="pomona-muted">{t('import.form')} <Template kind={kind} /></p>
		</Panel>
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
	const save = () => saveFile(`${kind}.csv`, 'text/csv', `\ufeff${TEMPLATE[kind]}`);
	return <Button variant="link" isInline onClick={save}>{kind === 'people' ? t('import.template_people') : t('import.template_devices')}</Button>;
}

export default function ImportPage({ id }: { id?: number }) {
	const [query] = useQueryState();
	return (
		<Page title={t('import.title')} crumbs={[{ text: t('nav.user'), to: '/user' }]} intro={id === undefined ? t('import.intro') : undefined}>
			{id === undefined ? <><Steps now={0} /><Upload first={query.kind === 'devices' ? 'devices' : 'people'} /><Earlier /></> : <Preview id={id} key={id} />}
		</Page>
	);
}
