// One person: life cycle, what can be done and why not, devices, what was done and sent.
import { useState } from 'react';
import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation, Link } from 'wouter';
import { api, body, type Person } from '../lib/api';
import { useQueryState } from '../lib/address';
import { formatList, t, tMaybe } from '../lib/i18n';
import { asProblem } from '../lib/problem';
import { useChosenLocation } from '../lib/queries';
import type { components } from '../lib/schema';
import { useMay } from '../lib/session';
import { ActButton } from '../parts/act_button';
import { ActiveBadge, ItemBadge, MessageBadge, VppBadge } from '../parts/badges';
import { Panel } from '../parts/card';
import { Copy } from '../parts/copy';
import { Facts } from '../parts/facts';
import { InvitationLink } from '../parts/invitation_link';
import { JobStrips } from '../parts/job_strip';
import { Page } from '../parts/page';
import { Licences } from '../parts/licences';
import { Rows } from '../parts/rows';
import { Empty, Loading, Trouble } from '../parts/states';
import { useSays } from '../parts/toasts';
import { VppActions, type WhyNot } from '../parts/vpp_actions';
import { When } from '../parts/when';
import { deviceColumns, deviceMore } from './devices';
import { messageColumns, messageMore } from './history';
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
				<ActButton variant="danger" isLoading={remove.isPending} isDisabled={remove.isPending} onClick={() => remove.mutate()}>{t('person.delete_ok')}</ActButton>
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

/** How far a thing is, for the dot beside it. */
function tone(state: string): 'good' | 'bad' | 'open' | 'quiet' {
	if (['done', 'sent'].includes(state)) return 'good';
	if (['failed', 'not_sent'].includes(state)) return 'bad';
	return ['skipped', 'cancelled', 'not_needed', 'replaced'].includes(state) ? 'quiet' : 'open';
}

function Event({ entry }: { entry: Entry }) {
	const title = entry.type === 'invitation' ? t('person.message_by', { channel: tMaybe(`message.channel.${entry.channel ?? ''}`, entry.channel ?? '') }) : tMaybe(`plan.${entry.kind}`, entry.kind);
	return (
		<li data-tone={tone(entry.state)}>
			<div className="pomona-row pomona-close">
				<strong>{title}</strong>
				{entry.type === 'invitation' ? <MessageBadge state={entry.state} /> : <ItemBadge state={entry.state} />}
				<span className="pomona-muted pomona-small"><When at={entry.at} />{entry.job_id !== null && <> · <Link to={`/job/${entry.job_id}`}>{t('job.name', { id: entry.job_id })}</Link></>}</span>
			</div>
			{entry.detail && <div className="pomona-wrap">{entry.detail}</div>}
			{entry.reason && <div className="pomona-wrap pomona-muted">{entry.reason}{entry.apple_number !== null && <> {t('items.apple_number', { number: String(entry.apple_number) })}</>}</div>}
		</li>
	);
}

function Devices({ id, location }: { id: number; location: number | undefined }) {
	const list = useQuery({
		queryKey: ['devices', { person: id }],
		queryFn: ({ signal }) => body(api.GET('/api/v1/devices', { params: { query: { person: id, limit: 200 } }, signal })),
	});
	return <Panel title={t('people.devices')}><Rows label={t('people.devices')} columns={deviceColumns(false)} list={list} rowKey={(one) => one.id} more={deviceMore(location)} empty={<p className="pomona-muted">{t('person.no_devices')}</p>} /></Panel>;
}

/** Everything that was done for a person, newest first: at Apple, here, and the messages. */
function Timeline({ id }: { id: number }) {
	const list = useInfiniteQuery({
		queryKey: ['person', id, 'history'],
		queryFn: ({ pageParam, signal }) => body(api.GET('/api/v1/people/{id}/history', { params: { path: { id }, query: { limit: 25, after: pageParam } }, signal })),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (last) => last.next ?? undefined,
	});
	const entries = list.data?.pages.flatMap((page) => page.items) ?? [];
	return (
		<Panel title={t('person.history')}>
			{list.isPending && <Loading label={t('state.loading')} rows={3} />}
			{list.error && <Trouble error={list.error} again={() => void list.refetch()} level="h3" />}
			{list.data && entries.length === 0 && <p className="pomona-muted">{t('person.no_history')}</p>}
			{entries.length > 0 && <ol className="pomona-timeline" aria-label={t('person.history')}>{entries.map((entry) => <Event key={`${entry.type} ${entry.id}`} entry={entry} />)}</ol>}
			{list.hasNextPage && <div><Button variant="link" isInline isLoading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('plan.more')}</Button></div>}
		</Panel>
	);
}

function Messages({ id }: { id: number }) {
	const list = useQuery({
		queryKey: ['invitations', { person: id }],
		queryFn: ({ signal }) => body(api.GET('/api/v1/invitations', { params: { query: { person: id, limit: 25 } }, signal })),
	});
	return (
		<Panel title={t('person.messages')} actions={list.data?.next && <Link to={`/history?person=${id}`}>{t('person.all_messages')}</Link>}>
			<Rows label={t('person.messages')} columns={messageColumns(false)} list={list} rowKey={(one) => one.id} more={messageMore} empty={<p className="pomona-muted">{t('person.no_messages')}</p>} />
		</Panel>
	);
}

function personFacts(person: Person): [string, React.ReactNode][] {
	return [
		[t('person.user_name'), <Copy key="u" text={person.user_name} what={t('person.user_name')} />],
		[t('people.email'), person.email ? <Copy key="e" text={person.email} what={t('people.email')} /> : t('people.no_email')],
		[t('person.managed'), person.managed_apple_account ? <Copy key="m" text={person.managed_apple_account} what={t('person.managed')} /> : none],
		[t('people.department'), person.department ?? none],
		[t('person.groups'), person.groups.length > 0 ? formatList(person.groups) : none],
		[t('person.language'), person.language ?? t('person.language_default')],
		[t('people.account'), <ActiveBadge key="a" active={person.active} />],
		[t('people.eligible'), person.eligible ? t('people.yes') : t('person.not_eligible', { reason: person.why_not_eligible ?? '' })],
	];
}

function VppPanel({ person, location }: { person: Person; location: number | undefined }) {
	const mayHandOver = useMay('operator') && ['registered', 'invited'].includes(person.vpp.state);
	return (
		<Panel title={t('person.vpp')}>
			<LifeCycle vpp={person.vpp} />
			{mayHandOver && <InvitationLink key={person.vpp.client_user_id} person={person} location={location} />}
			<Facts rows={[[t('person.client_id'), person.vpp.client_user_id ? <Copy key="c" text={person.vpp.client_user_id} what={t('person.client_id')} mono /> : none]]} />
			<WhyNotList person={person} />
			<p className="pomona-muted pomona-small">{t('person.tip')}</p>
		</Panel>
	);
}

export default function PersonPage({ id }: { id: number }) {
	const [query] = useQueryState();
	const mayChange = useMay('operator');
	const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
	const { locations, location, isKnown } = useChosenLocation(query.location);
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
				<VppPanel person={person} location={location} />
				<Panel title={t('person.facts')}><Facts rows={personFacts(person)} /></Panel>
			</div>
			<div className="pomona-panels">
				<Timeline id={id} />
				{person.vpp.client_user_id && (
					<Panel title={t('licence.title')}>
						<Licences location={location ?? locations[0]?.id} whose={{ client_user_id: person.vpp.client_user_id }} />
					</Panel>
				)}
			</div>
			<Messages id={id} />
			<Devices id={id} location={location ?? locations[0]?.id} />
			{open === 'edit' && <EditPerson person={person} onClose={() => setOpen(null)} />}
			{open === 'delete' && <Delete person={person} onClose={() => setOpen(null)} />}
		</Page>
	);
}
