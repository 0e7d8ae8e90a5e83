// Apple's lists hold numbers alone: somebody says what people call an app.
import { useState, type FormEvent } from 'react';
import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../lib/api';
import { nameOf, type Asset } from '../../lib/assets';
import { t } from '../../lib/i18n';
import { ActButton } from '../../parts/act_button';
import { Field } from '../../parts/field';
import { Trouble } from '../../parts/states';
import { useSays } from '../../parts/toasts';

export function Rename({ asset, onClose }: { asset: Asset; onClose: () => void }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const [name, setName] = useState(asset.name ?? '');
	const save = useMutation({
		mutationFn: () => api.PUT('/api/v1/assets/{adam_id}', { params: { path: { adam_id: asset.adam_id } }, body: { name: name.trim() || null } }),
		onSuccess: () => {
			toast(t('toast.saved'));
			for (const key of ['assets', 'assignments', 'locations']) void client.invalidateQueries({ queryKey: [key] });
			onClose();
		},
	});
	const submit = (event: FormEvent) => {
		event.preventDefault();
		save.mutate();
	};
	return (
		<Modal isOpen variant="small" onClose={onClose} aria-labelledby="rename-title" elementToFocus="#asset-name">
			<ModalHeader title={t('asset.rename_title', { name: nameOf(asset) })} labelId="rename-title" />
			<ModalBody>
				<Form id="rename-form" onSubmit={submit} noValidate>
					<Field id="asset-name" label={t('asset.name')} value={name} onChange={setName} maxLength={200} autoComplete="off" help={t('asset.rename_help')} />
					{save.error && <Trouble error={save.error} />}
				</Form>
			</ModalBody>
			<ModalFooter>
				<ActButton type="submit" form="rename-form" isLoading={save.isPending} isDisabled={save.isPending}>{t('dialog.save')}</ActButton>
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}
