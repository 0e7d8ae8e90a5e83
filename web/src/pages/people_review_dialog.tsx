// Who is selected, to take single people out: the named ones, or the exceptions from "all that match".
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button, Modal, ModalBody, ModalFooter, ModalHeader, SearchInput } from '@patternfly/react-core';
import { byLocale, t } from '../lib/i18n';
import { placeOf } from '../lib/found';
import { withRows, type Selection } from '../lib/selection';
import { knownName } from '../lib/use_selection';
import { Found } from '../parts/found';

const STEP = 100;
/** As the list is sorted: "Year 2" before "Year 10". */
const byName = byLocale((locale) => new Intl.Collator(locale, { numeric: true }));

export default function ReviewDialog({ selection, count, onSelect, onClose }: { selection: Selection; count: number; onSelect: (next: Selection | null) => void; onClose: () => void }) {
	const [q, setQ] = useState('');
	const [shown, setShown] = useState(STEP);
	const list = useRef<HTMLUListElement>(null);
	const next = useRef<number | null>(null);
	const named = selection.mode === 'ids';
	const ids = named ? selection.ids : selection.exclude;
	const people = useMemo(() => [...ids].map((id) => ({ id, name: knownName(id) })).sort((a, b) => byName().compare(a.name, b.name)), [ids]);
	const found = useMemo(() => (q.trim() ? people.filter((one) => placeOf(one.name, q)) : people), [people, q]);
	const act = (id: number, place: number) => {
		next.current = place;
		onSelect(withRows(selection, [id], !named));
	};
	useEffect(() => {
		if (next.current === null) return;
		// The row is gone: its neighbour takes the focus.
		const buttons = list.current?.querySelectorAll('button');
		buttons?.[Math.min(next.current, buttons.length - 1)]?.focus();
		next.current = null;
	});
	const title = named ? t('select.some', { count }) : t('review.but', { count: people.length, number: count });
	return (
		<Modal isOpen variant="medium" onClose={onClose} aria-labelledby="review-title">
			<ModalHeader title={title} labelId="review-title" description={named ? undefined : t('review.but_words')} />
			<ModalBody className="pomona-stack" tabIndex={0} aria-label={t('review.title')}>
				{people.length > 10 && <SearchInput aria-label={t('review.search')} placeholder={t('review.search')} value={q} onChange={(_event, text) => setQ(text)} onClear={() => setQ('')} resetButtonLabel={t('list.clear_search')} />}
				{found.length === 0 && <p className="pomona-muted">{people.length === 0 ? t('review.none') : t('people.no_match')}</p>}
				<ul className="pomona-plain pomona-tight" ref={list} aria-label={t('review.title')}>
					{found.slice(0, shown).map((one, place) => (
						<li key={one.id} className="pomona-column">
							<span className="pomona-wrap"><Found text={one.name} q={q} /></span>
							<Button variant="link" isInline aria-label={t(named ? 'review.remove_name' : 'review.back_name', { name: one.name })} onClick={() => act(one.id, place)}>{named ? t('review.remove') : t('review.back')}</Button>
						</li>
					))}
				</ul>
				{found.length > shown && <div><Button variant="link" isInline onClick={() => setShown(shown + STEP)}>{t('plan.more')}</Button></div>}
			</ModalBody>
			<ModalFooter><Button onClick={onClose}>{t('dialog.close')}</Button></ModalFooter>
		</Modal>
	);
}
