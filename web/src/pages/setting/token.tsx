// The content token: upload, renewal, and the question before a location is taken from another server.
import { useId, useState } from 'react';
import { Button, ExpandableSection, List, ListItem, Modal, ModalBody, ModalFooter, ModalHeader, TextArea } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, asIs, body, type Location } from '../../lib/api';
import { t } from '../../lib/i18n';
import { asProblem } from '../../lib/problem';
import { FileDrop } from '../../parts/file_drop';
import { Trouble } from '../../parts/states';
import { useSays } from '../../parts/toasts';

const HEADERS = { 'Content-Type': 'application/octet-stream' };
/** A token file is about 600 bytes; whatever is bigger than this is another file. */
const TOKEN_MOST = 64 * 1024;

type How = 'ask' | 'take_over' | 'observe';

function add(file: File, how: How): Promise<Location> {
	return body(api.POST('/api/v1/locations', {
		params: { query: how === 'take_over' ? { take_over: 1 } : how === 'observe' ? { observe: 1 } : {} }, headers: HEADERS, body: file as unknown as string, bodySerializer: asIs,
	}));
}

function renew(file: File, id: number): Promise<Location> {
	return body(api.PUT('/api/v1/locations/{id}/token', { params: { path: { id } }, headers: HEADERS, body: file as unknown as string, bodySerializer: asIs }));
}

function TakeOver({ words, busy, onOk, onObserve, onClose }: { words: string; busy: boolean; onOk: () => void; onObserve: () => void; onClose: () => void }) {
	return (
		<Modal isOpen variant="small" onClose={onClose} aria-labelledby="take-title">
			<ModalHeader title={t('token.take_title')} titleIconVariant="warning" labelId="take-title" />
			<ModalBody className="pomona-stack">
				<p>{words}</p>
				<p>{t('token.take_words')}</p>
				<p>{t('mode.observe_help')}</p>
			</ModalBody>
			<ModalFooter>
				<Button variant="danger" isLoading={busy} isDisabled={busy} onClick={onOk}>{t('token.take_ok')}</Button>
				<Button variant="secondary" isDisabled={busy} onClick={onObserve}>{t('mode.observe')}</Button>
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}

/** The text of the file, for whom it reached by other ways than as a file. */
function Paste({ busy, onText }: { busy: boolean; onText: (text: string) => void }) {
	const [open, setOpen] = useState(false);
	const [text, setText] = useState('');
	const id = useId();
	if (!open) return <Button variant="link" isInline onClick={() => setOpen(true)}>{t('token.paste')}</Button>;
	return (
		<div className="pomona-stack pomona-tight">
			<label htmlFor={id} className="pomona-label">{t('token.paste_label')}</label>
			<TextArea id={id} className="pomona-mono" value={text} rows={4} spellCheck={false} autoComplete="off" resizeOrientation="vertical" onChange={(_event, next) => setText(next)} />
			<div><Button variant="secondary" isDisabled={busy || !text.trim()} isLoading={busy} onClick={() => onText(text.trim())}>{t('token.paste_use')}</Button></div>
		</div>
	);
}

export function TokenUpload({ renewing, onDone }: { renewing?: Location; onDone?: (location: Location) => void }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const [help, setHelp] = useState(false);
	const [tooLarge, setTooLarge] = useState<string | null>(null);
	const upload = useMutation({
		mutationFn: ({ file, how }: { file: File; how: How }) => (renewing ? renew(file, renewing.id) : add(file, how)),
		onSuccess: (location) => {
			void client.invalidateQueries({ queryKey: ['locations'] });
			toast(t(renewing ? 'token.renewed' : 'token.added', { location: location.name }));
			onDone?.(location);
		},
	});
	const take = (file: File) => {
		upload.reset();
		setTooLarge(file.size > TOKEN_MOST ? t('token.too_large', { name: file.name }) : null);
		if (file.size <= TOKEN_MOST) upload.mutate({ file, how: 'ask' });
	};
	const problem = upload.error ? asProblem(upload.error) : null;
	const foreign = problem?.reason === 'location.owned_by_other';
	return (
		<>
			<FileDrop accept=".vpptoken,.txt,text/plain" words={t('token.drop')} button={renewing ? t('token.choose_new') : t('token.choose')} busy={upload.isPending} onFile={take} />
			<Paste busy={upload.isPending} onText={(text) => take(new File([text], 'pasted.vpptoken'))} />
			{tooLarge && <Trouble error={new Error(tooLarge)} title={t('token.refused')} />}
			{problem && !foreign && <Trouble error={problem} title={t('token.refused')} />}
			<ExpandableSection toggleText={t('token.where')} isExpanded={help} onToggle={(_event, next) => setHelp(next)}>
				<List component="ol">
					<ListItem>{t('token.where_1')}</ListItem>
					<ListItem>{t('token.where_2')}</ListItem>
					<ListItem>{t('token.where_3')}</ListItem>
				</List>
				<p className="pomona-muted">{t('token.where_note')}</p>
			</ExpandableSection>
			{foreign && (
				<TakeOver words={problem.detail} busy={upload.isPending} onClose={() => upload.reset()}
					onOk={() => upload.variables && upload.mutate({ file: upload.variables.file, how: 'take_over' })}
					onObserve={() => upload.variables && upload.mutate({ file: upload.variables.file, how: 'observe' })} />
			)}
		</>
	);
}
