// The bulk selector at the start of a toolbar, and the line that says how far a selection reaches.
import { useState, type ReactNode } from 'react';
import { Button, Dropdown, DropdownItem, DropdownList, MenuToggle, MenuToggleCheckbox } from '@patternfly/react-core';
import { formatNumber, t } from '../lib/i18n';
import { allMatching, NOTHING, pageState, selectedCount, withRows, type Selection } from '../lib/selection';

interface Props { selection: Selection; rows: number[]; total: number | undefined; onChange: (next: Selection | null) => void }

/** `many`: more than are counted before somebody selects them. `children` are further items of the menu. */
export function BulkSelect({ selection, rows, total, many, onChange, children }: Props & { many: boolean; children?: ReactNode }) {
	const [open, setOpen] = useState(false);
	const state = pageState(selection, rows);
	const count = selectedCount(selection, total ?? 0);
	const page = (selected: boolean) => onChange(withRows(selection, rows, selected));
	const box = (
		<MenuToggleCheckbox id="bulk" name="bulk" key="box" aria-label={t('select.page_box')}
			isChecked={state === 'all' ? true : state === 'some' || count > 0 ? null : false} onChange={() => page(state !== 'all')}>
			{t('select.count', { count })}
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
				<DropdownItem isDisabled={total === undefined && !many} onClick={() => onChange(allMatching())}>{t('select.all', { number: total === undefined ? '' : formatNumber(total) })}</DropdownItem>
				{children}
			</DropdownList>
		</Dropdown>
	);
}

export function SelectionLine({ selection, rows, total, onChange, onReview, onClear }: Props & { onReview: () => void; onClear: () => void }) {
	const count = selectedCount(selection, total ?? 0);
	if (count === 0 || total === undefined) return null;
	const whole = selection.mode === 'filter';
	const offer = !whole && total > rows.length && pageState(selection, rows) === 'all';
	const words = whole && selection.exclude.size === 0 ? t('select.all_selected', { count })
		: whole ? t('select.all_but', { number: count, total })
		: offer && selection.ids.size === rows.length ? t('select.page_selected', { count: rows.length })
		: t('select.some', { count });
	const review = !whole || selection.exclude.size > 0;
	return (
		<div className="pomona-selection">
			<span>{words}</span>
			{offer && <Button variant="link" isInline onClick={() => onChange(allMatching())}>{t('select.all_offer', { number: total })}</Button>}
			{review && <Button variant="link" isInline onClick={onReview}>{t('select.review')}</Button>}
			<Button variant="link" isInline onClick={onClear}>{t('select.clear')}</Button>
		</div>
	);
}
