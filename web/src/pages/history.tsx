// History: the messages that were sent to people.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body } from '../lib/api';
import { useQueryState } from '../lib/address';
import { t } from '../lib/i18n';
import type { components, paths } from '../lib/schema';
import { MessageBadge } from '../parts/badges';
import { Chips, Filters, type FilterField } from '../parts/filters';
import { Page } from '../parts/page';
import { usePageOf } from '../parts/pager';
import { Rows, type Column } from '../parts/rows';
import { ClearFilters, Empty } from '../parts/states';
import { When } from '../parts/when';

type Invitation = components['schemas']['Invitation'];
type InvitationsQuery = NonNullable<paths['/api/v1/invitations']['get']['parameters']['query']>;

const none = <span className="pomona-muted">–</span>;

function columns(): Column<Invitation>[] {
	return [
		{ key: 'when', title: t('items.when'), width: 15, cell: (one) => <When at={one.sent_at ?? one.created_at} /> },
		{ key: 'who', title: t('items.who'), width: 25, cell: (one) => (one.person ? <Link to={`/user/${one.person.id}`}>{one.person.display_name}</Link> : none) },
		{ key: 'channel', title: t('history.channel'), width: 25, cell: (one) => <>{t(`message.channel.${one.channel}`)}<div className="pomona-muted pomona-small">{one.recipient}</div></> },
		{ key: 'state', title: t('items.state'), width: 15, cell: (one) => <MessageBadge state={one.state} /> },
		{ key: 'reason', title: t('items.reason'), width: 20, cell: (one) => one.reason ?? (one.attempts > 1 ? t('history.attempts', { count: one.attempts }) : none) },
	];
}

export default function History() {
	const [query, change] = useQueryState();
	const { limit, after } = usePageOf(query);
	const asked = { limit, after, state: query.state, channel: query.channel } as InvitationsQuery;
	const list = useQuery({
		queryKey: ['invitations', asked],
		queryFn: ({ signal }) => body(api.GET('/api/v1/invitations', { params: { query: asked }, signal })),
		placeholderData: keepPreviousData,
	});
	const fields: FilterField[] = [
		{ name: 'state', label: t('items.state'), choices: (['waiting', 'sending', 'sent', 'failed', 'unknown', 'replaced'] as const).map((one) => ({ value: one, text: t(`message.state.${one}`) })) },
		{ name: 'channel', label: t('history.channel'), choices: (['notification', 'email'] as const).map((one) => ({ value: one, text: t(`message.channel.${one}`) })) },
	];
	const filtered = Boolean(query.state ?? query.channel);
	const empty = filtered
		? <Empty title={t('history.no_match')} actions={<ClearFilters onClick={() => change({ state: undefined, channel: undefined, after: undefined, page: undefined })} />} />
		: <Empty title={t('history.none')}>{t('history.none_words')}</Empty>;
	return (
		<Page title={t('nav.history')} intro={t('history.intro')}>
			<div className="pomona-row"><Filters fields={fields} query={query} change={change} /></div>
			<Chips fields={fields} query={query} change={change} />
			<Rows label={t('nav.history')} columns={columns()} list={list} rowKey={(one) => one.id} empty={empty} query={query} change={change} />
		</Page>
	);
}
