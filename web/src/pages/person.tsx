// One person: life cycle, what can be done and why not, devices, what was done and sent.
import { useState } from 'react';
import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation, Link } from 'wouter';
import { api, body, type Person } from '../lib/api';
import { useQueryState } from '../lib/address';
import { formatList, t, tMaybe } from '../lib/i18n';
import { asProblem } from '../lib/problem';
import { useChosenLocation } from '../lib/queries';
import type { components } from '../lib/schema';
import { useMay } from '../lib/session';
import { ActiveBadge, ItemBadge, MessageBadge, VppBadge } from '../parts/badges';
import { Panel } from '../parts/card';
import { Facts } from '../parts/facts';
import { JobStrips } from '../parts/job_strip';
import { Page } from '../parts/page';
import { Rows, type Column } from '../parts/rows';
import { Empty, Loading, Trouble } from '../parts/states';
import { useSays } from '../parts/toasts';
import { VppActions, type WhyNot } from '../parts/vpp_actions';
import { When } from '../parts/when';
import { deviceColumns } from './devices';
import { LifeCycle } from './life_cycle';
import { EditPerson } from './person_form';

type Entry = components['schemas']['HistoryEntry'];

const none = <span className="pomona-muted">–</span>;

function Delete({ person, onClose }: { person: Person; onClose: () => void }) {
	const client = useQueryClient();
	const [, go] = useLocation();
	const { toast } = useSays();
	const remove = useMutation({
		mutationFn: () => api.DELETE('/api/v1/people/{id}', { params: { path: { id: person.id } } }),
		onSuccess: () => {
			toast(t('person.deleted', { name: person.display_name }));
			void client.invalidateQueries({ queryKey: ['people'] });
			void client.invalidateQueries({ queryKey: ['count'] });
			go('/user');
		},
	});
	return (
		<Modal isOpen variant="small" onClose={onClose} aria-labelledby="delete-title">
			<ModalHeader title={t('person.delete_title', { name: person.display_name })} titleIconVariant="danger" labelId="delete-title" />
			<ModalBody className="pomona-stack"><p>{t('person.delete_words')}</p>{remove.error && <Trouble error={remove.error} />}</ModalBody>
			<ModalFooter>
				<Button variant="danger" isLoading={remove.isPending} isDisabled={remove.isPending} onClick={() => remove.mutate()}>{t('person.delete_ok')}</Button>
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}

function WhyNotList({ person }: { person: Person }) {
	const verbs = (['invite', 'sync', 'delete'] as const).filter((verb) => !person.vpp.can[verb].possible && person.vpp.can[verb].reason);
	if (verbs.length === 0) return null;
	return (
		<ul className="pomona-list" data-why-not>
			{verbs.map((verb) => <li key={verb}><strong>{t(`job.kind.${verb}`)}</strong>: {person.vpp.can[verb].reason}</li>)}
		</ul>
	);
}

function historyColumns(): Column<Entry>[] {
	return [
		{ key: 'when', title: t('items.when'), width: 15, cell: (entry) => <When at={entry.at} /> },
		{ key: 'what', title: t('items.kind'), width: 30, cell: (entry) => <>{entry.type === 'invitation' ? t('person.message_by', { channel: tMaybe(`message.channel.${entry.channel ?? ''}`, entry.channel ?? '') }) : tMaybe(`plan.${entry.kind}`, entry.kind)}{entry.detail && <div className="pomona-muted pomona-small">{entry.detail}</div>}</> },
		{ key: 'state', title: t('items.state'), width: 15, cell: (entry) => (entry.type === 'invitation' ? <MessageBadge state={entry.state} /> : <ItemBadge state={entry.state} />) },
		{ key: 'reason', title: t('items.reason'), width: 25, cell: (entry) => entry.reason ?? none },
		{ key: 'job', title: t('nav.job'), width: 15, cell: (entry) => (entry.job_id === null ? none : <Link to={`/job/${entry.job_id}`}>{t('job.name', { id: entry.job_id })}</Link>) },
	];
}

function Devices({ id }: { id: number }) {
	const list = useQuery({
		queryKey: ['devices', { person: id }],
		queryFn: ({ signal }) => body(api.GET('/api/v1/devices', { params: { query: { person: id, limit: 200 } }, signal })),
	});
	return <Panel title={t('people.devices')}><Rows label={t('people.devices')} columns={deviceColumns(false)} list={list} rowKey={(one) => one.id} empty={<p className="pomona-muted">{t('person.no_devices')}</p>} /></Panel>;
}

function Done({ id }: { id: number }) {
	const [query, change] = useQueryState();
	const list = useQuery({
		queryKey: ['person', id, 'history', query.after],
		queryFn: ({ signal }) => body(api.GET('/api/v1/people/{id}/history', { params: { path: { id }, query: { limit: 25, after: query.after } }, signal })),
		placeholderData: keepPreviousData,
	});
	return (
		<Panel title={t('person.history')}>
			<Rows label={t('person.history')} columns={historyColumns()} list={list} rowKey={(one) => `${one.type} ${one.id}`}
				empty={<p className="pomona-muted">{t('person.no_history')}</p>} query={{ ...query, limit: '25' }} change={change} />
		</Panel>
	);
}

function personFacts(person: Person): [string, React.ReactNode][] {
	return [
		[t('person.user_name'), person.user_name],
		[t('people.email'), person.email ?? t('people.no_email')],
		[t('person.managed'), person.managed_apple_account ?? none],
		[t('people.department'), person.department ?? none],
		[t('person.groups'), person.groups.length > 0 ? formatList(person.groups) : none],
		[t('person.language'), person.language ?? t('person.language_default')],
		[t('people.account'), <ActiveBadge key="a" active={person.active} />],
		[t('people.eligible'), person.eligible ? t('people.yes') : t('person.not_eligible', { reason: person.why_not_eligible ?? '' })],
	];
}

function VppPanel({ person }: { person: Person }) {
	return (
		<Panel title={t('person.vpp')}>
			<LifeCycle vpp={person.vpp} />
			<Facts rows={[[t('person.client_id'), person.vpp.client_user_id ? <span key="c" className="pomona-mono">{person.vpp.client_user_id}</span> : none]]} />
			<WhyNotList person={person} />
			<p className="pomona-muted pomona-small">{t('person.tip')}</p>
		</Panel>
	);
}

export default function PersonPage({ id }: { id: number }) {
	const [query] = useQueryState();
	const mayChange = useMay('operator');
	const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
	const { location, isKnown } = useChosenLocation(query.location);
	const found = useQuery({
		queryKey: ['person', id, location],
		queryFn: ({ signal }) => body(api.GET('/api/v1/people/{id}', { params: { path: { id }, query: { location } }, signal })),
		placeholderData: keepPreviousData,
		enabled: isKnown,
	});
	const crumbs = [{ text: t('nav.user'), to: '/user' }];
	const person = found.data;
	if (!person) {
		return (
			<Page title={t('nav.user')} crumbs={crumbs}>
				{!found.error && <Loading label={t('state.loading')} />}
				{found.error && (asProblem(found.error).status === 404
					? <Empty title={t('person.missing')} actions={<Link to="/user">{t('person.to_list')}</Link>} />
					: <Trouble error={found.error} again={() => void found.refetch()} />)}
			</Page>
		);
	}
	const why: WhyNot = {};
	for (const verb of ['invite', 'sync', 'delete'] as const) if (!person.vpp.can[verb].possible) why[verb] = person.vpp.can[verb].reason ?? t(`people.none_${verb}`);
	return (
		<Page title={person.display_name} badge={<VppBadge state={person.vpp.state} />} crumbs={crumbs} actions={mayChange && (
			<>
				<Button variant="secondary" onClick={() => setOpen('edit')}>{t('person.edit')}</Button>
				<Button variant="link" isDanger onClick={() => setOpen('delete')}>{t('person.delete')}</Button>
			</>
		)}>
			<VppActions chosen={{ selection: { ids: [id] }, count: 1, location }} why={why} onStarted={() => undefined} label={t('people.actions')} />
			<JobStrips />
			<div className="pomona-panels">
				<VppPanel person={person} />
				<Panel title={t('person.facts')}><Facts rows={personFacts(person)} /></Panel>
			</div>
			<Devices id={id} />
			<Done id={id} />
			{open === 'edit' && <EditPerson person={person} onClose={() => setOpen(null)} />}
			{open === 'delete' && <Delete person={person} onClose={() => setOpen(null)} />}
		</Page>
	);
}
