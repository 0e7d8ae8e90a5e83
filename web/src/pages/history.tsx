// History: the messages that were sent to people.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body } from '../lib/api';
import { useQueryState } from '../lib/address';
import { dayChoices, sinceOf } from '../lib/days';
import { t } from '../lib/i18n';
import type { components, paths } from '../lib/schema';
import { MessageBadge } from '../parts/badges';
import { Copy } from '../parts/copy';
import { Facts } from '../parts/facts';
import { Chips, Filters, type FilterField } from '../parts/filters';
import { Page } from '../parts/page';
import { usePageOf } from '../parts/pager';
import { Rows, type Column, type More } from '../parts/rows';
import { ClearFilters, Empty } from '../parts/states';
import { Views } from '../parts/views';
import { When } from '../parts/when';

export type Invitation = components['schemas']['Invitation'];
type InvitationsQuery = NonNullable<paths['/api/v1/invitations']['get']['parameters']['query']>;

const NAMES = ['state', 'channel', 'days', 'person'] as const;
const none = <span className="pomona-muted">–</span>;

export function messageColumns(withPerson: boolean): Column<Invitation>[] {
	const columns: Column<Invitation>[] = [
		{ key: 'when', title: t('items.when'), width: 15, cell: (one) => <When at={one.sent_at ?? one.created_at} /> },
		{ key: 'channel', title: t('history.channel'), width: 25, cell: (one) => <>{t(`message.channel.${one.channel}`)}<div className="pomona-muted pomona-small">{one.recipient}</div></> },
		{ key: 'state', title: t('items.state'), width: 15, cell: (one) => <MessageBadge state={one.state} /> },
		{ key: 'reason', title: t('items.reason'), width: 20, cell: (one) => one.reason ?? (one.attempts > 1 ? t('history.attempts', { count: one.attempts }) : none) },
	];
	if (withPerson) columns.splice(1, 0, { key: 'who', title: t('items.who'), width: 25, cell: (one) => (one.person ? <Link to={`/user/${one.person.id}`}>{one.person.display_name}</Link> : none) });
	return columns;
}

export const messageMore: More<Invitation> = {
	name: (one) => one.person?.display_name ?? one.recipient ?? String(one.id),
	show: (one) => (
		<Facts rows={[
			[t('history.recipient'), one.recipient ? <Copy key="r" text={one.recipient} what={t('history.recipient')} /> : none],
			[t('history.made'), <When key="m" at={one.created_at} />],
			[t('history.handed'), <When key="h" at={one.sent_at} />],
			[t('history.tries'), t('history.attempts', { count: one.attempts })],
			...(one.person ? [[t('items.who'), <Link key="p" to={`/history?person=${one.person.id}`}>{t('history.all_of', { name: one.person.display_name })}</Link>] as [string, React.ReactNode]] : []),
		]} />
	),
};

export default function History() {
	const [query, change] = useQueryState();
	const { limit, after } = usePageOf(query);
	const asked = { limit, after, state: query.state, channel: query.channel, person: query.person ? Number(query.person) : undefined, since: sinceOf(query.days) } as InvitationsQuery;
	const list = useQuery({
		queryKey: ['invitations', asked],
		queryFn: ({ signal }) => body(api.GET('/api/v1/invitations', { params: { query: asked }, signal })),
		placeholderData: keepPreviousData,
	});
	const whose = list.data?.items.find((one) => String(one.person?.id) === query.person)?.person?.display_name;
	const fields: FilterField[] = [
		{ name: 'state', label: t('items.state'), choices: (['waiting', 'sending', 'sent', 'failed', 'unknown', 'replaced'] as const).map((one) => ({ value: one, text: t(`message.state.${one}`) })) },
		{ name: 'channel', label: t('history.channel'), choices: (['notification', 'email'] as const).map((one) => ({ value: one, text: t(`message.channel.${one}`) })) },
		{ name: 'days', label: t('items.when'), choices: dayChoices() },
	];
	const chips: FilterField[] = [...fields, { name: 'person', label: t('items.who'), choices: query.person ? [{ value: query.person, text: whose ?? query.person }] : [] }];
	const filtered = NAMES.some((name) => query[name]);
	const clear = () => change(Object.fromEntries([...NAMES, 'after', 'page'].map((name) => [name, undefined])));
	const empty = filtered
		? <Empty title={t('history.no_match')} actions={<ClearFilters onClick={clear} />} />
		: <Empty title={t('history.none')}>{t('history.none_words')}</Empty>;
	return (
		<Page title={t('nav.history')} intro={t('history.intro')}>
			<Views page="history" label={t('people.presets')} presets={[{ text: t('people.preset_all'), query: {} }, { text: t('message.state.failed'), query: { state: 'failed' } }, { text: t('message.state.waiting'), query: { state: 'waiting' } }, { text: t('days.today'), query: { days: '1' } }]} />
			<div className="pomona-row"><Filters fields={fields} query={query} change={change} /></div>
			<Chips fields={chips} query={query} change={change} />
			<Rows label={t('nav.history')} columns={messageColumns(true)} list={list} rowKey={(one) => one.id} empty={empty} query={query} change={change} more={messageMore} />
		</Page>
	);
}
