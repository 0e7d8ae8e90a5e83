// Selecting people by a pasted list: one line each, as a spreadsheet or a mail gives them.
import { useState } from 'react';
import { Alert, Button, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader, TextArea } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { api, body } from '../lib/api';
import { t } from '../lib/i18n';
import type { components } from '../lib/schema';
import { SELECTION_MOST } from '../lib/selection';
import { rememberNames } from '../lib/use_selection';
import { FieldNote } from '../parts/field';
import { Trouble } from '../parts/states';

type Found = components['schemas']['PeopleFound'];

const LINE_MOST = 300;

function linesOf(text: string): string[] {
	return text.split(/[\r\n\t;,]+/).map((line) => line.trim()).filter(Boolean);
}

function Lines({ title, lines }: { title: string; lines: string[] }) {
	if (lines.length === 0) return null;
	return (
		<Alert isInline variant="warning" component="h2" title={title}>
			<ul className="pomona-list pomona-scroll" tabIndex={0} aria-label={title}>{lines.map((line, place) => <li key={place} className="pomona-wrap">{line}</li>)}</ul>
		</Alert>
	);
}

function Result({ found }: { found: Found }) {
	return (
		<div role="status" className="pomona-stack">
			<p><strong>{t('find.found', { count: found.found.length })}</strong></p>
			<Lines title={t('find.unknown', { count: found.unknown.length })} lines={found.unknown} />
			<Lines title={t('find.ambiguous', { count: found.ambiguous.length })} lines={found.ambiguous.map((one) => t('find.ambiguous_line', { line: one.line, count: one.count }))} />
		</div>
	);
}

export default function FindDialog({ onClose, onFound }: { onClose: () => void; onFound: (ids: number[]) => void }) {
	const [text, setText] = useState('');
	const lines = linesOf(text);
	const tooMany = lines.length > SELECTION_MOST;
	const tooLong = lines.find((line) => line.length > LINE_MOST);
	const error = tooMany ? t('find.too_many', { count: lines.length, most: SELECTION_MOST }) : tooLong ? t('find.too_long', { line: `${tooLong.slice(0, 40)}…`, most: LINE_MOST }) : undefined;
	const find = useMutation({
		mutationFn: () => body(api.POST('/api/v1/people/find', { body: { lines } })),
		onSuccess: (found) => rememberNames(found.found),
	});
	const found = find.data;
	const ids = [...new Set(found?.found.map((one) => one.id))];
	return (
		<Modal isOpen variant="medium" onClose={onClose} aria-labelledby="find-title" elementToFocus="#find-lines">
			<ModalHeader title={t('find.title')} labelId="find-title" description={t('find.words')} />
			<ModalBody className="pomona-stack">
				<FormGroup label={t('find.lines')} fieldId="find-lines">
					<TextArea id="find-lines" value={text} rows={8} resizeOrientation="vertical" validated={error ? 'error' : 'default'} aria-describedby="find-lines-note"
						onChange={(_event, next) => { setText(next); find.reset(); }} />
					<FieldNote id="find-lines" help={t('find.help', { count: lines.length })} error={error} />
				</FormGroup>
				{find.error && <Trouble error={find.error} />}
				{found && <Result found={found} />}
			</ModalBody>
			<ModalFooter>
				{found && ids.length > 0
					? <Button onClick={() => onFound(ids)}>{t('find.select', { count: ids.length })}</Button>
					: <Button isLoading={find.isPending} isDisabled={lines.length === 0 || error !== undefined || find.isPending} onClick={() => find.mutate()}>{t('find.look')}</Button>}
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}
