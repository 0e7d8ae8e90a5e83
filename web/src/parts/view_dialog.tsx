// Saving the list as it is shown, and removing saved ones.
import { useState, type FormEvent } from 'react';
import { Button, Checkbox, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from '../lib/api';
import { t } from '../lib/i18n';
import { fieldProblem } from '../lib/problem';
import { useMay } from '../lib/session';
import { ActButton } from './act_button';
import { Field } from './field';
import { viewQuery, viewsQuery, type View, type ViewPage } from './views';
import { Trouble } from './states';
import { useSays } from './toasts';

function Kept({ view, onRemoved }: { view: View; onRemoved: () => void }) {
	const remove = useMutation({ mutationFn: () => api.DELETE('/api/v1/views/{id}', { params: { path: { id: view.id } } }), onSuccess: onRemoved });
	const mayAll = useMay('admin');
	return (
		<li className="pomona-column">
			<span className="pomona-wrap">{view.name}{view.shared && <span className="pomona-muted"> · {t('view.shared_by', { name: view.owner })}</span>}</span>
			{(view.mine || mayAll) && <ActButton variant="link" isInline isDanger isLoading={remove.isPending} aria-label={t('view.remove_name', { name: view.name })} onClick={() => remove.mutate()}>{t('view.remove')}</ActButton>}
			{remove.error && <Trouble error={remove.error} />}
		</li>
	);
}

export default function ViewDialog({ page, views, onClose }: { page: ViewPage; views: View[]; onClose: () => void }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const mayShare = useMay('operator');
	const [name, setName] = useState('');
	const [shared, setShared] = useState(false);
	const [tried, setTried] = useState(false);
	const again = () => client.invalidateQueries({ queryKey: viewsQuery(page).queryKey });
	const save = useMutation({
		mutationFn: () => body(api.POST('/api/v1/views', { body: { page, name: name.trim(), query: viewQuery(window.location.search), shared } })),
		onSuccess: (made) => {
			toast(t('view.saved', { name: made.name }));
			void again();
			onClose();
		},
	});
	const submit = (event: FormEvent) => {
		event.preventDefault();
		setTried(true);
		if (name.trim()) save.mutate();
	};
	return (
		<Modal isOpen variant="small" onClose={onClose} aria-labelledby="view-title" elementToFocus="#view-name">
			<ModalHeader title={t('view.title')} labelId="view-title" description={t('view.words')} />
			<ModalBody className="pomona-stack">
				<Form id="view-form" onSubmit={submit} noValidate>
					<Field id="view-name" label={t('view.name')} value={name} onChange={setName} required maxLength={60} autoComplete="off"
						error={tried && !name.trim() ? t('field.required') : fieldProblem(save.error, 'name')} />
					{mayShare && <Checkbox id="view-shared" label={t('view.share')} isChecked={shared} onChange={(_event, on) => setShared(on)} />}
					{save.error && <Trouble error={save.error} />}
				</Form>
				{views.length > 0 && (
					<section aria-label={t('view.kept')}>
						<h2 className="pomona-label">{t('view.kept')}</h2>
						<ul className="pomona-plain pomona-tight">{views.map((view) => <Kept key={view.id} view={view} onRemoved={() => void again()} />)}</ul>
					</section>
				)}
			</ModalBody>
			<ModalFooter>
				<ActButton type="submit" form="view-form" isLoading={save.isPending} isDisabled={save.isPending}>{t('dialog.save')}</ActButton>
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}
