// How messages leave: the mail server with its test, and the connector to the MDM.
import { useState } from 'react';
import { Alert, Form, FormGroup, FormSelect, FormSelectOption } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type Smtp } from '../../lib/api';
import { t } from '../../lib/i18n';
import { LANGUAGES } from '../../lib/language';
import { fieldProblem } from '../../lib/problem';
import { mdmQuery, smtpQuery } from '../../lib/queries';
import { useMay } from '../../lib/session';
import { ActButton } from '../../parts/act_button';
import { Panel, SaveFoot } from '../../parts/card';
import { Field, FieldNote } from '../../parts/field';
import { Loading, Trouble } from '../../parts/states';
import { useSays } from '../../parts/toasts';

type Security = Smtp['security'];
interface Values { host: string; port: string; security: Security; user: string; password: string; from_address: string; from_name: string; language: Smtp['language'] }

function valuesOf(smtp: Smtp): Values {
	return {
		host: smtp.host ?? '', port: String(smtp.port || 587), security: smtp.host ? smtp.security : 'starttls', user: smtp.user ?? '', password: '',
		from_address: smtp.from_address ?? '', from_name: smtp.from_name ?? '', language: smtp.language,
	};
}

function TestMail() {
	const [to, setTo] = useState('');
	const test = useMutation({ mutationFn: () => body(api.POST('/api/v1/settings/smtp/test', { body: { to: to.trim() } })) });
	return (
		<Form onSubmit={(event) => { event.preventDefault(); if (to.trim()) test.mutate(); }} noValidate>
			<Field id="test-to" type="email" label={t('smtp.test_to')} value={to} onChange={setTo} help={t('smtp.test_help')} error={fieldProblem(test.error, 'to')} autoComplete="email" />
			<div><ActButton type="submit" variant="secondary" isDisabled={!to.trim() || test.isPending} isLoading={test.isPending}>{t('smtp.test')}</ActButton></div>
			{test.error && <Trouble error={test.error} />}
			{test.data && (
				<div className="pomona-stack" role="status">
					<Alert isInline component="p" variant={test.data.ok ? 'success' : 'danger'} title={test.data.words} />
					{test.data.dialog && <pre className="pomona-dialogue pomona-mono" tabIndex={0} aria-label={t('smtp.dialogue')}>{test.data.dialog}</pre>}
				</div>
			)}
		</Form>
	);
}

function SmtpForm({ smtp }: { smtp: Smtp }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const mayChange = useMay('admin');
	const [values, setValues] = useState(() => valuesOf(smtp));
	const [tried, setTried] = useState(false);
	const set = (name: keyof Values) => (value: string) => setValues({ ...values, [name]: value });
	const save = useMutation({
		mutationFn: () => body(api.PUT('/api/v1/settings/smtp', {
			body: {
				host: values.host.trim(), port: Number(values.port), security: values.security, user: values.user.trim() || null,
				// left out: the stored one is kept; without a user there is nothing to keep it for
				...(values.password ? { password: values.password } : values.user.trim() ? {} : { password: null }),
				from_address: values.from_address.trim(), from_name: values.from_name.trim() || null, language: values.language,
			},
		})),
		onSuccess: (saved) => {
			client.setQueryData(smtpQuery.queryKey, saved);
			setValues(valuesOf(saved));
			setTried(false);
			toast(t('toast.saved'));
		},
	});
	const port = Number(values.port);
	const badPort = !(Number.isInteger(port) && port > 0 && port < 65536);
	const needed = (name: 'host' | 'from_address') => (tried && !values[name].trim() ? t('field.required') : fieldProblem(save.error, name));
	const submit = () => {
		setTried(true);
		if (values.host.trim() && values.from_address.trim() && !badPort) save.mutate();
	};
	const dirty = JSON.stringify(values) !== JSON.stringify(valuesOf(smtp));
	return (
		<Panel title={t('smtp.title')} id="smtp" foot={mayChange && <SaveFoot what={t('smtp.title')} dirty={dirty} busy={save.isPending} onSave={submit} />}>
			<Form onSubmit={(event) => { event.preventDefault(); submit(); }} noValidate>
				<fieldset disabled={!mayChange} className="pomona-fieldset">
					<Field id="host" label={t('smtp.host')} value={values.host} onChange={set('host')} required error={needed('host')} placeholder="mail.example.org" autoComplete="off" />
					<div className="pomona-pair">
						<Field id="port" label={t('smtp.port')} inputMode="numeric" value={values.port} onChange={set('port')} error={tried && badPort ? t('smtp.bad_port') : fieldProblem(save.error, 'port')} />
						<FormGroup label={t('smtp.security')} fieldId="security">
							<FormSelect id="security" value={values.security} onChange={(_event, value) => set('security')(value)}>
								<FormSelectOption value="starttls" label={t('smtp.starttls')} />
								<FormSelectOption value="tls" label={t('smtp.tls')} />
								<FormSelectOption value="none" label={t('smtp.none')} />
							</FormSelect>
						</FormGroup>
					</div>
					<div className="pomona-pair">
						<Field id="smtp-user" label={t('smtp.user')} value={values.user} onChange={set('user')} error={fieldProblem(save.error, 'user')} autoComplete="off" />
						<Field id="smtp-password" type="password" label={t('smtp.password')} value={values.password} onChange={set('password')} error={fieldProblem(save.error, 'password')}
							help={smtp.password_set ? t('smtp.password_kept') : undefined} autoComplete="new-password" />
					</div>
					<div className="pomona-pair">
						<Field id="from_address" type="email" label={t('smtp.from')} value={values.from_address} onChange={set('from_address')} required error={needed('from_address')} autoComplete="off" />
						<Field id="from_name" label={t('smtp.from_name')} value={values.from_name} onChange={set('from_name')} error={fieldProblem(save.error, 'from_name')} autoComplete="off" />
					</div>
					<FormGroup label={t('smtp.language')} fieldId="mail-language">
						<FormSelect id="mail-language" className="pomona-auto" value={values.language} aria-describedby="mail-language-note" onChange={(_event, value) => set('language')(value)}>
							{Object.entries(LANGUAGES).map(([one, name]) => <FormSelectOption key={one} lang={one} value={one} label={name} />)}
						</FormSelect>
						<FieldNote id="mail-language" help={t('smtp.language_help')} />
					</FormGroup>
				</fieldset>
			</Form>
			{save.error && <Trouble error={save.error} />}
			{smtp.host && mayChange && <TestMail />}
		</Panel>
	);
}

export function SmtpPanel() {
	const smtp = useQuery(smtpQuery);
	if (smtp.data) return <SmtpForm key={smtp.data.host ?? ''} smtp={smtp.data} />;
	return <Panel title={t('smtp.title')} id="smtp">{smtp.error ? <Trouble error={smtp.error} again={() => void smtp.refetch()} /> : <Loading label={t('state.loading')} rows={4} />}</Panel>;
}

function MdmForm({ url }: { url: string | null }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const mayChange = useMay('admin');
	const [value, setValue] = useState(url ?? '');
	const save = useMutation({
		mutationFn: () => body(api.PUT('/api/v1/settings/mdm', { body: { url: value.trim() || null } })),
		onSuccess: (saved) => {
			client.setQueryData(mdmQuery.queryKey, saved);
			toast(t('toast.saved'));
		},
	});
	return (
		<Panel title={t('mdm.title')} id="mdm" foot={mayChange && <SaveFoot what={t('mdm.title')} dirty={value.trim() !== (url ?? '')} busy={save.isPending} onSave={() => save.mutate()} />}>
			<Form onSubmit={(event) => { event.preventDefault(); save.mutate(); }} noValidate>
				<fieldset disabled={!mayChange} className="pomona-fieldset">
					<Field id="mdm-url" type="url" label={t('mdm.url')} value={value} onChange={setValue} help={t('mdm.help')} error={fieldProblem(save.error, 'url')} autoComplete="off" placeholder="https://mdm.example.org/…" />
				</fieldset>
			</Form>
			{save.error && <Trouble error={save.error} />}
		</Panel>
	);
}

export function MdmPanel() {
	const mdm = useQuery(mdmQuery);
	if (mdm.data) return <MdmForm key={mdm.data.url ?? ''} url={mdm.data.url} />;
	return <Panel title={t('mdm.title')} id="mdm">{mdm.error ? <Trouble error={mdm.error} again={() => void mdm.refetch()} /> : <Loading label={t('state.loading')} rows={2} />}</Panel>;
}
