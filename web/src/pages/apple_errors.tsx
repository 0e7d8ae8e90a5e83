// Apple's error numbers in plain words: who can mend them and how, and how many people carry one now.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Switch } from '@patternfly/react-core';
import { api, body } from '../lib/api';
import { useQueryState } from '../lib/address';
import { formatNumber, t } from '../lib/i18n';
import type { components } from '../lib/schema';
import { Page } from '../parts/page';
import { Rows, type Column } from '../parts/rows';
import { Empty } from '../parts/states';

type AppleError = components['schemas']['AppleError'];

function columns(): Column<AppleError>[] {
	return [
		{ key: 'number', title: t('error.number'), width: 10, cell: (one) => <span className="pomona-mono">{one.number}</span> },
		{ key: 'means', title: t('error.means'), width: 35, cell: (one) => one.means },
		{ key: 'who', title: t('error.who'), width: 15, cell: (one) => t(`error.who.${one.who}`) },
		{ key: 'how', title: t('cause.do'), width: 30, cell: (one) => one.how },
		{ key: 'people', title: t('error.people'), width: 10, className: 'pomona-number', cell: (one) => (one.people > 0 ? <Link to="/user?state=failed">{formatNumber(one.people)}</Link> : <span className="pomona-muted">0</span>) },
	];
}

export default function AppleErrors() {
	const [query, change] = useQueryState();
	const list = useQuery({
		queryKey: ['apple-errors', 'all', query.now],
		queryFn: async ({ signal }) => {
			const all = await body(api.GET('/api/v1/apple-errors', { signal }));
			return query.now ? { ...all, items: all.items.filter((one) => one.people > 0) } : all;
		},
	});
	return (
		<Page title={t('error.title')} crumbs={[{ text: t('nav.setting') }]} intro={t('error.intro')}>
			<Switch id="errors-now" label={t('error.only_now')} isChecked={Boolean(query.now)} onChange={(_event, on) => change({ now: on ? '1' : undefined })} />
			<Rows label={t('error.title')} columns={columns()} list={list} rowKey={(one) => one.number} empty={<Empty title={t('error.none_now')} />} />
		</Page>
	);
}
