// Setting > Administrators: the people who may sign in.
import { useState, type FormEvent } from 'react';
import { Button, Form, FormGroup, FormSelect, FormSelectOption, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type AdminRecord } from '../lib/api';
import { t } from '../lib/i18n';
import { fieldProblem } from '../lib/problem';
import { useMay, type Role } from '../lib/session';
import { ActButton } from '../parts/act_button';
import { ActiveBadge } from '../parts/badges';
import { Field } from '../parts/field';
import { Page } from '../parts/page';
import { Rows, type Column } from '../parts/rows';
import { Empty, Forbidden, Trouble } from '../parts/states';
import { useSays } from '../parts/toasts';
import { When } from '../parts/when';

const ROLES: Role[] = ['owner', 'admin', 'operator', 'auditor'];

export function RoleChoice({ id, value, onChange }: { id: string; value: Role; onChange: (role: Role) => void }) {
	return (
		<FormGroup label={t('admin.role')} fieldId={id}>
			<FormSelect id={id} value={value} onChange={(_event, next) => onChange(next as Role)}>
				{ROLES.map((role) => <FormSelectOption key={role} value={role} label={t('admin.role_words', { role: t(`role.${role}`), words: t(`role.help.${role}`) })} />)}
			</FormSelect>
		</FormGroup>
	);
}

function AdminDialog({ admin, onClose }: { admin?: AdminRecord; onClose: () => void }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const [values, setValues] = useState({ name: admin?.name ?? '', email: admin?.email ?? '', password: '', role: admin?.role ?? ('operator' as Role), is_active: admin?.is_active ?? true });
	const save = useMutation({
		mutationFn: () => {
			const email = values.email.trim() || null;
			return admin
				? body(api.PATCH('/api/v1/admins/{id}', { params: { path: { id: admin.id } }, body: { email, role: values.role, is_active: values.is_active, ...(values.password ? { password: values.password } : {}) } }))
				: body(api.POST('/api/v1/admins', { body: { name: values.name.trim(), email, role: values.role, password: values.password } }));
		},
		onSuccess: () => {
			void client.invalidateQueries({ queryKey: ['admins'] });
			toast(t('toast.saved'));
			onClose();
		},
	});
	const set = (name: 'name' | 'email' | 'password') => (value: string) => setValues({ ...values, [name]: value });
	const submit = (event: FormEvent) => {
		event.preventDefault();
		save.mutate();
	};
	return (
		<Modal isOpen variant="small" onClose={onClose} aria-labelledby="admin-title">
			<ModalHeader title={admin ? t('person.edit_title', { name: admin.name }) : t('admin.add')} labelId="admin-title" />
			<ModalBody>
				<Form id="admin-form" onSubmit={submit}>
					{save.error && <Trouble error={save.error} />}
					{!admin && <Field id="admin-name" label={t('entry.name')} value={values.name} onChange={set('name')} required autoComplete="off" error={fieldProblem(save.error, 'name')} />}
					<Field id="admin-email" type="email" label={t('setup.email')} value={values.email} onChange={set('email')} autoComplete="off" error={fieldProblem(save.error, 'email')} />
					<RoleChoice id="admin-role" value={values.role} onChange={(role) => setValues({ ...values, role })} />
					<Field id="admin-password" type="password" label={admin ? t('admin.new_password') : t('entry.password')} value={values.password} onChange={set('password')} required={!admin}
						autoComplete="new-password" help={t('setup.password_help')} error={fieldProblem(save.error, 'password')} />
					{admin && (
						<FormGroup label={t('people.account')} fieldId="admin-active">
							<FormSelect id="admin-active" value={values.is_active ? '1' : '0'} onChange={(_event, next) => setValues({ ...values, is_active: next === '1' })}>
								<FormSelectOption value="1" label={t('admin.may')} />
								<FormSelectOption value="0" label={t('admin.may_not')} />
							</FormSelect>
						</FormGroup>
					)}
				</Form>
			</ModalBody>
			<ModalFooter>
				<ActButton type="submit" form="admin-form" isLoading={save.isPending} isDisabled={save.isPending}>{t('dialog.save')}</ActButton>
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}

function AdministratorsList() {
	const [open, setOpen] = useState<AdminRecord | 'new' | null>(null);
	const list = useQuery({ queryKey: ['admins'], queryFn: ({ signal }) => body(api.GET('/api/v1/admins', { signal })) });
	const columns: Column<AdminRecord>[] = [
		{ key: 'name', title: t('entry.name'), width: 25, cell: (one) => <>{one.name}<div className="pomona-muted pomona-small">{one.email}</div></> },
		{ key: 'role', title: t('admin.role'), width: 20, cell: (one) => t(`role.${one.role}`) },
		{ key: 'active', title: t('people.account'), width: 15, cell: (one) => <ActiveBadge active={one.is_active} /> },
		{ key: 'seen', title: t('admin.seen'), width: 20, cell: (one) => <When at={one.last_seen_at} none={t('location.never')} /> },
		{ key: 'edit', title: t('admin.change'), width: 20, cell: (one) => <Button variant="link" isInline aria-label={t('person.edit_title', { name: one.name })} onClick={() => setOpen(one)}>{t('person.edit')}</Button> },
	];
	return (
		<Page title={t('nav.admins')} crumbs={[{ text: t('nav.setting') }]} actions={<Button variant="secondary" onClick={() => setOpen('new')}>{t('admin.add')}</Button>}>
			<Rows label={t('nav.admins')} columns={columns} list={list} rowKey={(one) => one.id} empty={<Empty title={t('nav.admins')} />} />
			{open && <AdminDialog admin={open === 'new' ? undefined : open} onClose={() => setOpen(null)} />}
		</Page>
	);
}

/** Owners alone: others are told who can. */
export default function Administrators() {
	if (!useMay('owner')) return <Page title={t('nav.admins')} crumbs={[{ text: t('nav.setting') }]}><Forbidden least="owner" /></Page>;
	return <AdministratorsList />;
}
