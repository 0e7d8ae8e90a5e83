// Adding and changing a person by hand.
import { useState, type FormEvent } from 'react';
import { Button, Checkbox, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, type Person } from '../lib/api';
import { t } from '../lib/i18n';
import { fieldProblem } from '../lib/problem';
import { ActButton } from '../parts/act_button';
import { Field } from '../parts/field';
import { Trouble } from '../parts/states';
import { useSays } from '../parts/toasts';

interface Values { user_name: string; display_name: string; email: string; managed_apple_account: string; department: string; language: string; active: boolean }

function start(person?: Person): Values {
	return {
		user_name: person?.user_name ?? '', display_name: person?.display_name ?? '', email: person?.email ?? '',
		managed_apple_account: person?.managed_apple_account ?? '', department: person?.department ?? '', language: person?.language ?? '', active: person?.active ?? true,
	};
}

const orNull = (text: string) => text.trim() || null;

function toBody(values: Values) {
	return {
		user_name: values.user_name.trim(), display_name: values.display_name.trim(), email: orNull(values.email),
		managed_apple_account: orNull(values.managed_apple_account), department: orNull(values.department), language: orNull(values.language), active: values.active,
	};
}

function PersonDialog({ person, onClose, onSaved }: { person?: Person; onClose: () => void; onSaved: (person: Person) => void }) {
	const [values, setValues] = useState(() => start(person));
	const [tried, setTried] = useState(false);
	const client = useQueryClient();
	const save = useMutation({
		mutationFn: () => (person
			? body(api.PATCH('/api/v1/people/{id}', { params: { path: { id: person.id } }, body: toBody(values) }))
			: body(api.POST('/api/v1/people', { body: toBody(values) }))),
		onSuccess: (saved) => {
			void client.invalidateQueries({ queryKey: ['people'] });
			void client.invalidateQueries({ queryKey: ['count'] });
			void client.invalidateQueries({ queryKey: ['person'] });
			onSaved(saved);
		},
	});
	const set = (name: keyof Values) => (value: string) => setValues({ ...values, [name]: value });
	const error = (name: keyof Values, needed = false) => (needed && tried && !String(values[name]).trim() ? t('field.required') : fieldProblem(save.error, name));
	const submit = (event: FormEvent) => {
		event.preventDefault();
		setTried(true);
		if (values.user_name.trim() && values.display_name.trim()) save.mutate();
	};
	return (
		<Modal isOpen variant="medium" onClose={onClose} aria-labelledby="person-title">
			<ModalHeader title={person ? t('person.edit_title', { name: person.display_name }) : t('people.add')} labelId="person-title" />
			<ModalBody>
				<Form id="person-form" onSubmit={submit} noValidate>
					{save.error && <Trouble error={save.error} />}
					<Field id="user_name" label={t('person.user_name')} value={values.user_name} onChange={set('user_name')} required error={error('user_name', true)} autoComplete="off" />
					<Field id="display_name" label={t('people.name')} value={values.display_name} onChange={set('display_name')} required error={error('display_name', true)} autoComplete="off" />
					<Field id="email" label={t('people.email')} type="email" value={values.email} onChange={set('email')} error={error('email')} autoComplete="off"
						help={person ? t('person.email_help') : undefined} />
					<Field id="managed_apple_account" label={t('person.managed')} value={values.managed_apple_account} onChange={set('managed_apple_account')} error={error('managed_apple_account')} autoComplete="off" help={t('person.managed_help')} />
					<Field id="department" label={t('people.department')} value={values.department} onChange={set('department')} error={error('department')} autoComplete="off" />
					<Field id="language" label={t('person.language')} value={values.language} onChange={set('language')} error={error('language')} autoComplete="off" help={t('person.language_help')} />
					<Checkbox id="active" label={t('person.active')} description={t('person.active_help')} isChecked={values.active} onChange={(_event, active) => setValues({ ...values, active })} />
				</Form>
			</ModalBody>
			<ModalFooter>
				<ActButton type="submit" form="person-form" isLoading={save.isPending} isDisabled={save.isPending}>{t('dialog.save')}</ActButton>
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}

export function AddPerson({ onClose, onAdded }: { onClose: () => void; onAdded: (person: Person) => void }) {
	return <PersonDialog onClose={onClose} onSaved={onAdded} />;
}

export function EditPerson({ person, onClose }: { person: Person; onClose: () => void }) {
	const { toast } = useSays();
	return <PersonDialog person={person} onClose={onClose} onSaved={() => { toast(t('person.saved')); onClose(); }} />;
}
