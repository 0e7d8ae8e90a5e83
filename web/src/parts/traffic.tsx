// What was said to Apple for a job, call by call, without secrets.
import { useState } from 'react';
import { Button, ExpandableSection } from '@patternfly/react-core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { api, body, type Traffic } from '../lib/api';
import { t } from '../lib/i18n';
import { Panel } from './card';
import { Loading, Trouble } from './states';
import { When } from './when';

interface Page { items: Traffic[]; next: string | null }

function Call({ call }: { call: Traffic }) {
	const answer = call.status === null ? (call.failure ?? t('traffic.no_answer')) : `HTTP ${call.status}`;
	const number = call.apple_number !== null ? ` ${t('items.apple_number', { number: String(call.apple_number) })}` : '';
	return (
		<li>
			{call.dropped_before > 0 && <p className="pomona-muted">{t('traffic.dropped', { count: call.dropped_before })}</p>}
			<ExpandableSection toggleText={`${call.seq}. ${call.method} ${call.operation} – ${answer}${number}`}>
				<p className="pomona-muted pomona-small"><When at={call.at} /> · {t('traffic.took', { ms: call.duration_ms })}</p>
				<pre className="pomona-dialogue pomona-mono" tabIndex={0}>{[`${call.method} ${call.url}`, call.request, '', answer, call.response].filter((one, i) => one || i === 2).join('\n')}</pre>
			</ExpandableSection>
		</li>
	);
}

function Calls({ job }: { job: number }) {
	const list = useInfiniteQuery({
		queryKey: ['traffic', job],
		queryFn: async ({ signal, pageParam }) => await body(api.GET('/api/v1/jobs/{id}/traffic', { params: { path: { id: job }, query: { limit: 50, after: pageParam ?? undefined } }, signal })) as Page, // the text is for downloads
		initialPageParam: null as string | null,
		getNextPageParam: (page) => page.next,
	});
	const calls = list.data?.pages.flatMap((page) => page.items) ?? [];
	return (
		<>
			{list.isPending && <Loading label={t('state.loading')} />}
			{list.error && <Trouble error={list.error} again={() => void list.refetch()} />}
			{list.data && calls.length === 0 && <p className="pomona-muted">{t('traffic.none')}</p>}
			<ul className="pomona-plain">{calls.map((call) => <Call key={call.seq} call={call} />)}</ul>
			{list.hasNextPage && <Button variant="link" isLoading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('traffic.more')}</Button>}
		</>
	);
}

/** Read only when it is opened: most jobs are never looked at so closely. */
export function TrafficPanel({ job }: { job: number }) {
	const [open, setOpen] = useState(false);
	return (
		<Panel title={t('traffic.title')} actions={<a href={`/api/v1/jobs/${job}/traffic?format=download`} download>{t('traffic.download')}</a>}>
			<p className="pomona-muted pomona-small">{t('traffic.words')}</p>
			<ExpandableSection toggleText={t(open ? 'traffic.hide' : 'traffic.show')} isExpanded={open} onToggle={(_event, next) => setOpen(next)}>
				{open && <Calls job={job} />}
			</ExpandableSection>
		</Panel>
	);
}
