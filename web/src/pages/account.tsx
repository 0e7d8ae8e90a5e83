// One's own account: the password, and where else one is signed in.
import { useState, type FormEvent } from 'react';
import { Form, Label } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from '../lib/api';
import { t, tMaybe } from '../lib/i18n';
import { fieldProblem } from '../lib/problem';
import type { components } from '../lib/schema';
import { useSession } from '../lib/session';
import { ActButton } from '../parts/act_button';
import { Panel } from '../parts/card';
import { Facts } from '../parts/facts';
import { Field } from '../parts/field';
import { Page } from '../parts/page';
import { Rows, type Column } from '../parts/rows';
import { Trouble } from '../parts/states';
import { useSays } from '../parts/toasts';
import { When } from '../parts/when';

type OwnSession = components['schemas']['OwnSession'];

const PASSWORD_LEAST = 15;

function Password() {
	const client = useQueryClient();
	const { toast } = useSays();
	const [old, setOld] = useState('');
	const [next, setNext] = useState('');
	const [tried, setTried] = useState(false);
	const save = useMutation({
		mutationFn: () => body(api.PUT('/api/v1/session/password', { body: { old_password: old, new_password: next } })),
		onSuccess: () => {
			setOld('');
			setNext('');
			setTried(false);
			toast(t('account.password_saved'));
			void client.invalidateQueries({ queryKey: ['sessions'] });
		},
	});
	const short = next.length < PASSWORD_LEAST;
	const submit = (event: FormEvent) => {
		event.preventDefault();
		setTried(true);
		save.reset();
		if (old && !short) save.mutate();
	};
	return (
		<Panel title={t('entry.password')}>
			<Form onSubmit={submit} noValidate>
				{save.error && <Trouble error={save.error} level="h3" />}
				<Field id="old-password" type="password" label={t('account.old_password')} value={old} onChange={setOld} autoComplete="current-password" required
					error={tried && !old ? t('field.required') : fieldProblem(save.error, 'old_password')} />
				<Field id="new-password" type="password" label={t('account.new_password')} value={next} onChange={setNext} autoComplete="new-password" required help={t('setup.password_help')}
					error={tried && short ? t('setup.password_short', { count: PASSWORD_LEAST }) : fieldProblem(save.error, 'new_password')} />
				<div><ActButton type="submit" isLoading={save.isPending} isDisabled={save.isPending}>{t('account.change_password')}</ActButton></div>
				<p className="pomona-muted pomona-small">{t('account.password_words')}</p>
			</Form>
		</Panel>
	);
}

function Sessions() {
	const client = useQueryClient();
	const { toast } = useSays();
	const list = useQuery({ queryKey: ['sessions'], queryFn: ({ signal }) => body(api.GET('/api/v1/sessions', { signal })) });
	const end = useMutation({
		mutationFn: async (id: number | 'others') => {
			if (id === 'others') await api.DELETE('/api/v1/sessions', {});
			else await api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } });
		},
		onSuccess: () => {
			toast(t('account.session_ended'));
			void client.invalidateQueries({ queryKey: ['sessions'] });
		},
	});
	const columns: Column<OwnSession>[] = [
		{ key: 'from', title: t('account.from'), width: 30, cell: (one) => <>{one.from_address ?? '–'} {one.is_current && <Label isCompact color="green">{t('account.current')}</Label>}</> },
		{ key: 'begun', title: t('account.begun'), width: 20, cell: (one) => <When at={one.created_at} /> },
		{ key: 'seen', title: t('admin.seen'), width: 20, cell: (one) => <When at={one.seen_at} /> },
		{ key: 'ends', title: t('api_token.ends'), width: 15, cell: (one) => <When at={one.expires_at} /> },
		{ key: 'end', title: t('admin.change'), width: 15, cell: (one) => !one.is_current && <ActButton variant="link" isInline isDisabled={end.isPending} onClick={() => end.mutate(one.id)}>{t('account.end')}</ActButton> },
	];
	const others = (list.data?.items ?? []).some((one) => !one.is_current);
	return (
		<Panel title={t('account.sessions')} actions={others && <ActButton variant="secondary" isDisabled={end.isPending} onClick={() => end.mutate('others')}>{t('account.end_others')}</ActButton>}>
			{end.error && <Trouble error={end.error} level="h3" />}
			<Rows label={t('account.sessions')} columns={columns} list={list} rowKey={(one) => one.id} empty={null} />
		</Panel>
	);
}

export default function Account() {
	const admin = useSession()?.admin;
	return (
		<Page title={t('account.title')}>
			<Panel title={t('account.who')}>
				<Facts rows={[[t('entry.name'), admin?.name ?? ''], [t('admin.role'), `${tMaybe(`role.${admin?.role ?? ''}`, '')} – ${tMaybe(`role.help.${admin?.role ?? ''}`, '')}`]]} />
			</Panel>
			<Password />
			<Sessions />
		</Page>
	);
}
