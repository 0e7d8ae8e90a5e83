// Filters of a list: choices, their chips, and the search box that waits for a pause in typing.
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { Button, FormSelect, FormSelectOption, Label, SearchInput, TextInput } from '@patternfly/react-core';
import FilterIcon from '@patternfly/react-icons/dist/esm/icons/filter-icon';
import { t } from '../lib/i18n';
import { dateInWords } from '../lib/time';
import { CheckFilter } from './check_filter';

// Long enough that a quick typist's word is asked for once, short enough that it and the answer stay below what a person notices
// (200 ms, measured by script/bench --only browser).
const PAUSE_MS = 80;

export interface Choice { value: string; text: string }
/** `several`: more than one at once, with commas between them in the address. Without choices a text is typed. `seldom` ones stand
 * behind a button until one of them is used. */
export interface FilterField { name: string; label: string; choices?: Choice[]; several?: boolean; type?: 'text' | 'date'; seldom?: boolean }

type Query = Record<string, string>;
type Change = (next: Record<string, string | undefined>, how?: 'push' | 'replace') => void;
const BACK_TO_FIRST = { after: undefined, page: undefined };

/** What is typed, sent after a pause or at once with Enter. */
function useTyped(value: string, send: (text: string) => void): [string, (text: string) => void, (text: string) => void] {
	const [text, setText] = useState(value);
	const sent = useRef(value);
	useEffect(() => {
		// The address changed by Back, a chip or a link: show what it says.
		if (value !== sent.current) {
			sent.current = value;
			setText(value);
		}
	}, [value]);
	const now = (next: string) => {
		if (next.trim() === sent.current) return;
		sent.current = next.trim();
		send(next.trim());
	};
	useEffect(() => {
		if (text.trim() === sent.current) return undefined;
		const timer = setTimeout(() => now(text), PAUSE_MS);
		return () => clearTimeout(timer);
	});
	return [text, setText, now];
}

export function Search({ value, change, label, hint }: { value: string; change: Change; label: string; hint?: string }) {
	const [text, setText, now] = useTyped(value, (q) => change({ q: q || undefined, ...BACK_TO_FIRST }, 'replace'));
	return (
		<SearchInput className="pomona-search" aria-label={label} placeholder={hint ?? label} value={text} data-shortcut="search"
			resetButtonLabel={t('list.clear_search')} onChange={(_event, next) => setText(next)}
			onKeyDown={(event) => { if (event.key === 'Enter') now(text); }} onClear={() => { setText(''); now(''); }} />
	);
}

function Typed({ field, query, change }: { field: FilterField; query: Query; change: Change }) {
	const id = useId();
	const [text, setText, now] = useTyped(query[field.name] ?? '', (value) => change({ [field.name]: value || undefined, ...BACK_TO_FIRST }, 'replace'));
	return (
		<span className="pomona-typed">
			<label htmlFor={id}>{field.label}</label>
			<TextInput id={id} className="pomona-auto" type={field.type ?? 'text'} value={text} maxLength={200} onChange={(_event, next) => setText(next)}
				onKeyDown={(event) => { if (event.key === 'Enter') now(text); }} />
		</span>
	);
}

function Filter({ field, query, change }: { field: FilterField; query: Query; change: Change }) {
	const value = query[field.name] ?? '';
	const put = (next: string | undefined) => change({ [field.name]: next || undefined, ...BACK_TO_FIRST });
	if (!field.choices) return <Typed field={field} query={query} change={change} />;
	if (field.several) return <CheckFilter label={field.label} choices={field.choices} value={value} onChange={put} />;
	return (
		<FormSelect className="pomona-auto" aria-label={field.label} value={value} onChange={(_event, next) => put(next)}>
			<FormSelectOption value="" label={t('list.any', { field: field.label })} />
			{field.choices.map((one) => <FormSelectOption key={one.value} value={one.value} label={one.text} />)}
		</FormSelect>
	);
}

/** On narrow screens all of them stand behind one button. */
export function Filters({ fields, query, change, children }: { fields: FilterField[]; query: Query; change: Change; children?: ReactNode }) {
	const [open, setOpen] = useState(false);
	const [more, setMore] = useState(() => fields.some((field) => field.seldom && query[field.name]));
	const hidden = fields.filter((field) => field.seldom);
	return (
		<>
			{fields.length > 1 && (
				<Button className="pomona-narrow-only" variant="control" icon={<FilterIcon />} aria-expanded={open} onClick={() => setOpen(!open)}>{t('list.filter')}</Button>
			)}
			<div className="pomona-filters" data-open={open || fields.length === 1 || undefined}>
				{fields.filter((field) => more || open || !field.seldom).map((field) => <Filter key={field.name} field={field} query={query} change={change} />)}
				{hidden.length > 0 && !open && <Button variant="link" aria-expanded={more} onClick={() => setMore(!more)}>{more ? t('list.fewer') : t('list.more')}</Button>}
				{children}
			</div>
		</>
	);
}

function chipsOf(field: FilterField, value: string): { text: string; rest: string | undefined }[] {
	const all = field.several ? value.split(',') : [value];
	const named = (one: string) => (field.type === 'date' ? dateInWords(one) : field.choices?.find((choice) => choice.value === one)?.text ?? one);
	return all.map((one) => ({ text: t('list.chip', { field: field.label, value: named(one) }), rest: all.filter((other) => other !== one).join(',') || undefined }));
}

export function Chips({ fields, query, change }: { fields: FilterField[]; query: Query; change: Change }) {
	const set = fields.filter((field) => query[field.name]);
	if (set.length === 0 && !query.q) return null;
	const cleared = Object.fromEntries([...fields.map((field) => [field.name, undefined]), ['q', undefined], ['after', undefined], ['page', undefined]]);
	const chip = (name: string, text: string, rest?: string) => (
		<li key={text}>
			<Label variant="outline" closeBtnAriaLabel={t('list.remove_filter', { filter: text })} onClose={() => change({ [name]: rest, ...BACK_TO_FIRST })}>{text}</Label>
		</li>
	);
	return (
		<ul className="pomona-chips" aria-label={t('list.filters')}>
			{query.q && chip('q', t('list.search_chip', { text: query.q }))}
			{set.flatMap((field) => chipsOf(field, query[field.name] ?? '').map((one) => chip(field.name, one.text, one.rest)))}
			<li><Button variant="link" isInline onClick={() => change(cleared)}>{t('list.clear_filters')}</Button></li>
		</ul>
	);
}
