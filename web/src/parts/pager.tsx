// Keyset paging: first, previous, next. The address carries the cursor and the page's number; the way back is kept here.
// How many rows a page has is the administrator's choice, unless the address says otherwise.
import { useEffect, useRef } from 'react';
import { Button, FormSelect, FormSelectOption } from '@patternfly/react-core';
import AngleDoubleLeftIcon from '@patternfly/react-icons/dist/esm/icons/angle-double-left-icon';
import AngleLeftIcon from '@patternfly/react-icons/dist/esm/icons/angle-left-icon';
import AngleRightIcon from '@patternfly/react-icons/dist/esm/icons/angle-right-icon';
import type { Query } from '../lib/address';
import { formatNumber, t } from '../lib/i18n';
import { usePreferred, type Preferences } from '../lib/preferences';
import { useSays } from './toasts';

export const PAGE_SIZES: Preferences['page_size'][] = [25, 50, 100, 200];
const PAGE_SIZE = 50;

export function pageOf(query: Query, size: number = PAGE_SIZE): { limit: number; after: string | undefined; page: number } {
	const limit = Number(query.limit);
	return {
		limit: PAGE_SIZES.some((one) => one === limit) ? limit : size,
		after: query.after,
		page: query.after ? Math.max(2, Number(query.page) || 2) : 1,
	};
}

/** The page of a list that the address names, with as many rows as the administrator likes. */
export function usePageOf(query: Query) {
	return pageOf(query, usePreferred()[0].page_size);
}

export function Pager({ query, change, shown, next, total, label }: {
	query: Query; change: (next: Record<string, string | undefined>) => void; shown: number; next: string | null | undefined; total?: number; label: string;
}) {
	const cursors = useRef(new Map<number, string | undefined>());
	const { announce } = useSays();
	const [preferences, prefer] = usePreferred();
	const { limit, after, page } = pageOf(query, preferences.page_size);
	const before = useRef(page);
	cursors.current.set(page, after);
	useEffect(() => {
		if (before.current === page) return;
		before.current = page;
		announce(total === undefined ? t('pager.page', { page }) : t('pager.page_of', { page, pages: Math.max(1, Math.ceil(total / limit)) }));
	}, [announce, page, total, limit]);
	const first = (page - 1) * limit + 1;
	const back = page > 2 && cursors.current.has(page - 1) ? cursors.current.get(page - 1) : undefined;
	const from = formatNumber(first);
	const to = formatNumber(first + shown - 1);
	const range = total === undefined ? t('pager.range', { from, to }) : t('pager.range_of', { from, to, total });
	const turn = (to: number, cursor: string | undefined) => change({ after: cursor, page: cursor ? String(to) : undefined });
	const resize = (size: Preferences['page_size']) => {
		prefer({ page_size: size });
		change({ limit: undefined, after: undefined, page: undefined });
	};
	if (page === 1 && !next && shown <= PAGE_SIZES[0]!) {
		return <p className="pomona-muted pomona-small">{shown > 0 && <bdi>{range}</bdi>}</p>;
	}
	return (
		<nav className="pomona-row pomona-pager" aria-label={label}>
			<bdi className="pomona-muted">{shown > 0 ? range : ''}</bdi>
			<Button variant="plain" aria-label={t('pager.first')} isAriaDisabled={page === 1} onClick={() => turn(1, undefined)} icon={<AngleDoubleLeftIcon className="pomona-mirror" />} />
			<Button variant="plain" aria-label={t('pager.previous')} isAriaDisabled={page === 1} data-shortcut="previous" onClick={() => turn(page - 1, back)} icon={<AngleLeftIcon className="pomona-mirror" />} />
			<Button variant="plain" aria-label={t('pager.next')} isAriaDisabled={!next} data-shortcut="next" onClick={() => turn(page + 1, next ?? undefined)} icon={<AngleRightIcon className="pomona-mirror" />} />
			<FormSelect className="pomona-auto" aria-label={t('pager.size')} value={limit}
				onChange={(_event, value) => resize(PAGE_SIZES.find((one) => String(one) === value) ?? PAGE_SIZE)}>
				{PAGE_SIZES.map((size) => <FormSelectOption key={size} value={size} label={t('pager.size_of', { size })} />)}
			</FormSelect>
		</nav>
	);
}
