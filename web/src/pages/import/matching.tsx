// Which column of a file is which field, chosen by hand; the preview is made with it.
import { useState } from 'react';
import { Alert, Button, FormSelect, FormSelectOption } from '@patternfly/react-core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { t, tMaybe } from '../../lib/i18n';
import { lookAt, upload, type Kind, type Look } from '../../lib/import_file';
import { timeExact } from '../../lib/time';
import { ActButton } from '../../parts/act_button';
import { Panel } from '../../parts/card';
import { Loading, Trouble } from '../../parts/states';
import { useSays } from '../../parts/toasts';

export function fieldName(field: string): string {
	return tMaybe(`import.field.${field}`, field);
}

function Column({ one, place, fields, value, onChange }: { one: Look['columns'][number]; place: number; fields: string[]; value: string; onChange: (field: string) => void }) {
	const examples = one.examples.filter(Boolean);
	return (
		<tr>
			<th scope="row" className="pomona-wrap" translate="no">{one.header || t('import.column_number', { number: place + 1 })}</th>
			<td className="pomona-wrap pomona-muted pomona-small" translate="no" data-label={t('import.examples')}>{examples.length > 0 ? examples.join(' · ') : '–'}</td>
			<td data-label={t('import.taken_for')}>
				<FormSelect aria-label={t('import.field_of', { column: one.header || String(place + 1) })} value={value} onChange={(_event, next) => onChange(next)}>
					<FormSelectOption value="" label={t('import.leave_out')} />
					{fields.map((field) => <FormSelectOption key={field} value={field} label={fieldName(field)} />)}
				</FormSelect>
			</td>
		</tr>
	);
}

/** A field has one column: who takes it takes it away from the other, which is said. */
function useChosen(look: Look) {
	const { announce } = useSays();
	const [chosen, setChosen] = useState(() => look.columns.map((one) => one.field ?? ''));
	const choose = (place: number, field: string) => {
		const before = field ? chosen.findIndex((other, at) => at !== place && other === field) : -1;
		if (before >= 0) announce(t('import.moved', { field: fieldName(field), column: look.columns[before]?.header ?? '' }));
		setChosen(chosen.map((other, at) => (at === place ? field : at === before ? '' : other)));
	};
	return { chosen, choose, reset: () => setChosen(look.columns.map((one) => one.found ?? '')) };
}

function Editor({ kind, file, look, onCancel }: { kind: Kind; file: File; look: Look; onCancel: () => void }) {
	const [, go] = useLocation();
	const { chosen, choose, reset } = useChosen(look);
	const [asked, setAsked] = useState(false);
	const hasKey = chosen.includes(look.key);
	const isFound = look.columns.every((one, place) => (one.found ?? '') === chosen[place]);
	const send = useMutation({
		mutationFn: () => upload(kind, file, chosen),
		onSuccess: (made) => { onCancel(); go(`/user/import/${made.id}`); },
	});
	const preview = () => {
		setAsked(true);
		if (hasKey) send.mutate();
	};
	return (
		<Panel title={t('import.match')} foot={(
			<>
				<ActButton variant="primary" isLoading={send.isPending} isDisabled={send.isPending} onClick={preview}>{t('import.match_go')}</ActButton>
				<Button variant="secondary" isDisabled={isFound || send.isPending} onClick={reset}>{t('import.match_found')}</Button>
				<Button variant="link" onClick={onCancel}>{t('dialog.cancel')}</Button>
			</>
		)}>
			<p className="pomona-mono pomona-wrap">{file.name}</p>
			{look.problem && <p>{look.columns.some((one) => one.found === look.key) ? look.problem : t('import.not_recognised', { key: fieldName(look.key) })}</p>}
			<p>{t('import.match_words', { key: fieldName(look.key) })}</p>
			{look.remembered_by && look.remembered_at && <p className="pomona-muted">{t('import.remembered', { who: look.remembered_by, when: timeExact(look.remembered_at) })}</p>}
			<table className="pomona-table pomona-matching">
				<caption className="pf-v6-screen-reader">{t('import.match')}</caption>
				<thead><tr><th scope="col">{t('import.column')}</th><th scope="col">{t('import.examples')}</th><th scope="col">{t('import.taken_for')}</th></tr></thead>
				<tbody>{look.columns.map((one, place) => <Column key={place} one={one} place={place} fields={look.fields} value={chosen[place] ?? ''} onChange={(field) => choose(place, field)} />)}</tbody>
			</table>
			{asked && !hasKey && <Alert isInline variant="danger" component="p" title={t('import.no_key', { key: fieldName(look.key) })} />}
			{send.error && <Trouble error={send.error} title={t('import.refused')} />}
		</Panel>
	);
}

/** Reads the beginning of the file, then lets one choose. */
export function Matching({ kind, file, onCancel }: { kind: Kind; file: File; onCancel: () => void }) {
	const look = useQuery({ queryKey: ['import-look', kind, file.name, file.size, file.lastModified], queryFn: () => lookAt(kind, file), gcTime: 0, staleTime: Infinity });
	if (look.error) return <Trouble error={look.error} title={t('import.refused')} again={() => void look.refetch()} />;
	if (!look.data) return <Loading label={t('import.reading')} rows={4} />;
	return <Editor kind={kind} file={file} look={look.data} onCancel={onCancel} />;
}
