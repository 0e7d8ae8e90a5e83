// The bulk selector at the start of a toolbar, and the line that says how far a selection reaches.
import { useState, type ReactNode } from 'react';
import { Button, Dropdown, DropdownItem, DropdownList, MenuToggle, MenuToggleCheckbox } from '@patternfly/react-core';
import { t } from '../lib/i18n';
import { allMatching, NOTHING, pageState, selectedCount, withRows, type Selection } from '../lib/selection';

/** `many`: more match than are counted before somebody selects them all. */
interface Props { selection: Selection; rows: number[]; total: number | undefined; many: boolean; onChange: (next: Selection | null) => void }

/** `children` are further items of the menu. */
export function BulkSelect({ selection, rows, total, many, onChange, children }: Props & { children?: ReactNode }) {
	const [open, setOpen] = useState(false);
	const state = pageState(selection, rows);
	const count = selectedCount(selection, total ?? 0);
	const page = (selected: boolean) => onChange(withRows(selection, rows, selected));
	const box = (
		<MenuToggleCheckbox id="bulk" name="bulk" key="box" aria-label={t('select.page_box')}
			isChecked={state === 'all' ? true : state === 'some' || count > 0 ? null : false} onChange={() => page(state !== 'all')}>
			{selection.mode === 'filter' && total === undefined ? t('select.all_matching') : t('select.count', { count })}
		</MenuToggleCheckbox>
	);
	return (
		<Dropdown isOpen={open} onOpenChange={setOpen} onSelect={() => setOpen(false)} shouldFocusToggleOnSelect shouldFocusFirstItemOnOpen popperProps={{ appendTo: 'inline' }}
			toggle={(ref) => (
				<MenuToggle ref={ref} isExpanded={open} onClick={() => setOpen(!open)} aria-label={t('select.menu')} splitButtonItems={[box]} />
			)}>
			<DropdownList>
				<DropdownItem onClick={() => onChange(NOTHING)}>{t('select.none')}</DropdownItem>
				<DropdownItem onClick={() => page(true)}>{t('select.page', { count: rows.length })}</DropdownItem>
				<DropdownItem isDisabled={total === undefined && !many} onClick={() => onChange(allMatching())}>{total === undefined ? t('select.all_uncounted') : t('select.all', { number: total })}</DropdownItem>
				{children}
			</DropdownList>
		</Dropdown>
	);
}

/** What is selected, in words, and whether all that match can be selected instead. */
function wordsOf({ selection, rows, total, many }: Omit<Props, 'onChange'>): { words: string; offer: string | null } {
	if (selection.mode === 'filter') {
		if (total === undefined) return { words: t('select.counting'), offer: null };
		const all = selection.exclude.size === 0;
		return { words: all ? t('select.all_selected', { count: total }) : t('select.all_but', { number: selectedCount(selection, total), total }), offer: null };
	}
	const isPage = pageState(selection, rows) === 'all';
	const isMore = total === undefined ? many : total > rows.length;
	const offer = !isPage || !isMore ? null : total === undefined ? t('select.all_offer_uncounted') : t('select.all_offer', { number: total });
	const words = offer && selection.ids.size === rows.length ? t('select.page_selected', { count: rows.length }) : t('select.some', { count: selection.ids.size });
	return { words, offer };
}

export function SelectionLine({ selection, rows, total, many, onChange, onReview, onClear }: Props & { onReview: () => void; onClear: () => void }) {
	const whole = selection.mode === 'filter';
	if (whole ? total === 0 : selection.ids.size === 0) return null;
	const { words, offer } = wordsOf({ selection, rows, total, many });
	const review = !whole || selection.exclude.size > 0;
	return (
		<div className="pomona-selection">
			<span>{words}</span>
			{offer && <Button variant="link" isInline onClick={() => onChange(allMatching())}>{offer}</Button>}
			{review && <Button variant="link" isInline onClick={onReview}>{t('select.review')}</Button>}
			<Button variant="link" isInline onClick={onClear}>{t('select.clear')}</Button>
		</div>
	);
}
