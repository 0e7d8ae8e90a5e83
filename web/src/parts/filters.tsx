// Filters of a list: choices, their chips, and the search box that waits for a pause in typing.
import { useEffect, useRef, useState } from 'react';
import { Button, FormSelect, FormSelectOption, Label, SearchInput } from '@patternfly/react-core';
import FilterIcon from '@patternfly/react-icons/dist/esm/icons/filter-icon';
import { t } from '../lib/i18n';

const PAUSE_MS = 250;

export interface Choice { value: string; text: string }
export interface FilterField { name: string; label: string; choices: Choice[] }

type Change = (next: Record<string, string | undefined>, how?: 'push' | 'replace') => void;
const BACK_TO_FIRST = { after: undefined, page: undefined };

export function Search({ value, change, label, hint }: { value: string; change: Change; label: string; hint?: string }) {
	const [text, setText] = useState(value);
	const sent = useRef(value);
	useEffect(() => {
		// The address changed by Back, a chip or a link: show what it says.
		if (value !== sent.current) {
			sent.current = value;
			setText(value);
		}
	}, [value]);
	useEffect(() => {
		if (text.trim() === sent.current) return undefined;
		const timer = setTimeout(() => send(text), PAUSE_MS);
		return () => clearTimeout(timer);
	});
	const send = (next: string) => {
		sent.current = next.trim();
		change({ q: next.trim() || undefined, ...BACK_TO_FIRST }, 'replace');
	};
	return (
		<SearchInput className="pomona-search" aria-label={label} placeholder={hint ?? label} value={text} data-shortcut="search"
			resetButtonLabel={t('list.clear_search')} onChange={(_event, next) => setText(next)}
			onKeyDown={(event) => { if (event.key === 'Enter') send(text); }} onClear={() => { setText(''); send(''); }} />
	);
}

/** On narrow screens the choices stand behind one button. */
export function Filters({ fields, query, change }: { fields: FilterField[]; query: Record<string, string>; change: Change }) {
	const [open, setOpen] = useState(false);
	return (
		<>
			{fields.length > 1 && (
				<Button className="pomona-narrow-only" variant="control" icon={<FilterIcon />} aria-expanded={open} onClick={() => setOpen(!open)}>{t('list.filter')}</Button>
			)}
			<div className="pomona-filters" data-open={open || fields.length === 1 || undefined}>
				{fields.map((field) => (
					<FormSelect key={field.name} className="pomona-auto" aria-label={field.label} value={query[field.name] ?? ''}
						onChange={(_event, value) => change({ [field.name]: value || undefined, ...BACK_TO_FIRST })}>
						<FormSelectOption value="" label={t('list.any', { field: field.label })} />
						{field.choices.map((one) => <FormSelectOption key={one.value} value={one.value} label={one.text} />)}
					</FormSelect>
				))}
			</div>
		</>
	);
}

export function Chips({ fields, query, change }: { fields: FilterField[]; query: Record<string, string>; change: Change }) {
	const set = fields.filter((field) => query[field.name]);
	if (set.length === 0 && !query.q) return null;
	const cleared = Object.fromEntries([...fields.map((field) => [field.name, undefined]), ['q', undefined], ['after', undefined], ['page', undefined]]);
	const chip = (name: string, text: string) => (
		<li key={name}>
			<Label variant="outline" closeBtnAriaLabel={t('list.remove_filter', { filter: text })} onClose={() => change({ [name]: undefined, ...BACK_TO_FIRST })}>{text}</Label>
		</li>
	);
	return (
		<ul className="pomona-chips" aria-label={t('list.filters')}>
			{query.q && chip('q', t('list.search_chip', { text: query.q }))}
			{set.map((field) => {
				const value = query[field.name] ?? '';
				return chip(field.name, t('list.chip', { field: field.label, value: field.choices.find((one) => one.value === value)?.text ?? value }));
			})}
			<li><Button variant="link" isInline onClick={() => change(cleared)}>{t('list.clear_filters')}</Button></li>
		</ul>
	);
}
