// Setting > API tokens: for scripts and the command line. A token is shown once.
import { useState, type FormEvent } from 'react';
import { Alert, Button, ClipboardCopy, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type ApiTokenRecord } from '../lib/api';
import { t } from '../lib/i18n';
import { fieldProblem } from '../lib/problem';
import { useMay, type Role } from '../lib/session';
import { ActButton } from '../parts/act_button';
import { Field } from '../parts/field';
import { Page } from '../parts/page';
import { Rows, type Column } from '../parts/rows';
import { Empty, Forbidden, Trouble } from '../parts/states';
import { useSays } from '../parts/toasts';
import { When } from '../parts/when';
import { RoleChoice } from './administrators';

function NewToken({ onClose }: { onClose: () => void }) {
	const client = useQueryClient();
	const [name, setName] = useState('');
	const [role, setRole] = useState<Role>('operator');
	const [days, setDays] = useState('90');
	const make = useMutation({
		mutationFn: () => body(api.POST('/api/v1/api-tokens', { body: { name: name.trim(), role, days: Number(days) } })),
		onSuccess: () => void client.invalidateQueries({ queryKey: ['api-tokens'] }),
	});
	const submit = (event: FormEvent) => {
		event.preventDefault();
		make.mutate();
	};
	return (
		<Modal isOpen variant="small" onClose={onClose} aria-labelledby="token-title">
			<ModalHeader title={t('api_token.add')} labelId="token-title" />
			<ModalBody className="pomona-stack">
				{make.data ? (
					<>
						<Alert isInline variant="success" component="p" title={t('api_token.made')}>{t('api_token.once')}</Alert>
						<ClipboardCopy isReadOnly hoverTip={t('api_token.copy')} clickTip={t('api_token.copied')} textAriaLabel={t('api_token.secret')}>{make.data.token}</ClipboardCopy>
					</>
				) : (
					<Form id="token-form" onSubmit={submit}>
						{make.error && <Trouble error={make.error} />}
						<Field id="token-name" label={t('api_token.name')} value={name} onChange={setName} required help={t('api_token.name_help')} error={fieldProblem(make.error, 'name')} autoComplete="off" />
						<RoleChoice id="token-role" value={role} onChange={setRole} />
						<Field id="token-days" type="number" label={t('api_token.days')} value={days} onChange={setDays} min={1} max={365} error={fieldProblem(make.error, 'days')} />
					</Form>
				)}
			</ModalBody>
			<ModalFooter>
				{!make.data && <ActButton type="submit" form="token-form" isLoading={make.isPending} isDisabled={make.isPending}>{t('api_token.add')}</ActButton>}
				<Button variant={make.data ? 'primary' : 'link'} onClick={onClose}>{make.data ? t('dialog.close') : t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}

function EndToken({ token, onClose }: { token: ApiTokenRecord; onClose: () => void }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const end = useMutation({
		mutationFn: () => api.DELETE('/api/v1/api-tokens/{id}', { params: { path: { id: token.id } } }),
		onSuccess: () => {
			void client.invalidateQueries({ queryKey: ['api-tokens'] });
			toast(t('api_token.ended', { name: token.name }));
			onClose();
		},
	});
	return (
		<Modal isOpen variant="small" onClose={onClose} aria-labelledby="end-title">
			<ModalHeader title={t('api_token.end_title', { name: token.name })} titleIconVariant="danger" labelId="end-title" />
			<ModalBody className="pomona-stack"><p>{t('api_token.end_words')}</p>{end.error && <Trouble error={end.error} />}</ModalBody>
			<ModalFooter>
				<ActButton variant="danger" isLoading={end.isPending} isDisabled={end.isPending} onClick={() => end.mutate()}>{t('api_token.end_ok')}</ActButton>
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}

function ApiTokensList() {
	const [adding, setAdding] = useState(false);
	const [ending, setEnding] = useState<ApiTokenRecord | null>(null);
	const list = useQuery({ queryKey: ['api-tokens'], queryFn: ({ signal }) => body(api.GET('/api/v1/api-tokens', { signal })) });
	const columns: Column<ApiTokenRecord>[] = [
		{ key: 'name', title: t('api_token.name'), width: 25, cell: (one) => <>{one.name}<div className="pomona-muted pomona-small">{t('api_token.by', { name: one.created_by })}</div></> },
		{ key: 'role', title: t('admin.role'), width: 15, cell: (one) => t(`role.${one.role}`) },
		{ key: 'ends', title: t('api_token.ends'), width: 20, cell: (one) => (one.revoked_at ? t('api_token.is_ended') : <When at={one.expires_at} none={t('location.never')} />) },
		{ key: 'used', title: t('api_token.used'), width: 20, cell: (one) => <When at={one.used_at} none={t('location.never')} /> },
		{ key: 'end', title: t('admin.change'), width: 20, cell: (one) => !one.revoked_at && <Button variant="link" isInline isDanger aria-label={t('api_token.end_title', { name: one.name })} onClick={() => setEnding(one)}>{t('api_token.end')}</Button> },
	];
	return (
		<Page title={t('nav.tokens')} crumbs={[{ text: t('nav.setting') }]} intro={t('api_token.intro')} actions={<Button variant="secondary" onClick={() => setAdding(true)}>{t('api_token.add')}</Button>}>
			<Rows label={t('nav.tokens')} columns={columns} list={list} rowKey={(one) => one.id} empty={<Empty title={t('api_token.none')} />} />
			{adding && <NewToken onClose={() => setAdding(false)} />}
			{ending && <EndToken token={ending} onClose={() => setEnding(null)} />}
		</Page>
	);
}

/** Owners alone: others are told who can. */
export default function ApiTokens() {
	if (!useMay('owner')) return <Page title={t('nav.tokens')} crumbs={[{ text: t('nav.setting') }]}><Forbidden least="owner" /></Page>;
	return <ApiTokensList />;
}
