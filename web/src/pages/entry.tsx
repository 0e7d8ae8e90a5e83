// Set-up of the first owner, and sign-in: the two pages outside the frame.
import { useState, type FormEvent, type ReactNode } from 'react';
import { ActionGroup, Button, Card, CardBody, Form, Title } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { api, body, type Session } from '../lib/api';
import { t } from '../lib/i18n';
import { fieldProblem } from '../lib/problem';
import { Field } from '../parts/field';
import { Brand } from '../parts/frame';
import { LanguageSelect } from '../parts/language_menu';
import { Trouble } from '../parts/states';

const PASSWORD_LEAST = 15;

function Alone({ title, intro, children }: { title: string; intro?: string; children: ReactNode }) {
	document.title = t('app.title', { page: title });
	return (
		<div className="pomona-alone">
			<main>
				<div className="pomona-head"><Brand /><LanguageSelect /></div>
				<Card>
					<CardBody className="pomona-stack">
						<Title headingLevel="h1" size="xl">{title}</Title>
						{intro && <p className="pomona-muted">{intro}</p>}
						{children}
					</CardBody>
				</Card>
			</main>
		</div>
	);
}

export function SignInForm({ onDone, name: fixedName }: { onDone: (session: Session) => void; name?: string }) {
	const [name, setName] = useState(fixedName ?? '');
	const [password, setPassword] = useState('');
	const signIn = useMutation({
		mutationFn: () => body(api.POST('/api/v1/session', { body: { name, password } })),
		onSuccess: onDone,
	});
	const submit = (event: FormEvent) => {
		event.preventDefault();
		signIn.mutate();
	};
	return (
		<Form onSubmit={submit}>
			{signIn.error && <Trouble error={signIn.error} />}
			<Field id="name" label={t('entry.name')} value={name} onChange={setName} autoComplete="username" required autoFocus={!fixedName} />
			<Field id="password" label={t('entry.password')} type="password" value={password} onChange={setPassword} autoComplete="current-password" required autoFocus={Boolean(fixedName)} />
			<ActionGroup>
				<Button type="submit" isLoading={signIn.isPending} isDisabled={signIn.isPending} isBlock>{t('entry.sign_in')}</Button>
			</ActionGroup>
		</Form>
	);
}

export function SignIn({ onDone }: { onDone: (session: Session) => void }) {
	return <Alone title={t('entry.sign_in')}><SignInForm onDone={onDone} /></Alone>;
}

export function SetUp({ onDone }: { onDone: (session: Session) => void }) {
	const [form, setForm] = useState({ code: '', name: '', email: '', password: '' });
	const [tried, setTried] = useState(false);
	const setUp = useMutation({
		mutationFn: () => body(api.POST('/api/v1/setup', { body: { ...form, code: form.code.trim(), email: form.email.trim() || null } })),
		onSuccess: onDone,
	});
	const missing = (value: string) => (tried && !value.trim() ? t('field.required') : undefined);
	const short = form.password.length < PASSWORD_LEAST;
	const submit = (event: FormEvent) => {
		event.preventDefault();
		setTried(true);
		setUp.reset();
		if (form.code.trim() && form.name.trim() && !short) setUp.mutate();
	};
	const set = (field: keyof typeof form) => (value: string) => setForm({ ...form, [field]: value });
	return (
		<Alone title={t('setup.title')} intro={t('setup.intro')}>
			<Form onSubmit={submit} noValidate>
				{setUp.error && <Trouble error={setUp.error} />}
				<Field id="code" label={t('setup.code')} value={form.code} onChange={set('code')} help={t('setup.code_help')} required autoFocus autoComplete="one-time-code"
					error={missing(form.code) ?? fieldProblem(setUp.error, 'code')} />
				<Field id="name" label={t('entry.name')} value={form.name} onChange={set('name')} help={t('setup.name_help')} required autoComplete="username"
					error={missing(form.name) ?? fieldProblem(setUp.error, 'name')} />
				<Field id="email" label={t('setup.email')} type="email" value={form.email} onChange={set('email')} autoComplete="email"
					error={fieldProblem(setUp.error, 'email')} />
				<Field id="password" label={t('entry.password')} type="password" value={form.password} onChange={set('password')} autoComplete="new-password" required
					help={t('setup.password_help')} error={tried && short ? t('setup.password_short', { count: PASSWORD_LEAST }) : fieldProblem(setUp.error, 'password')} />
				<ActionGroup>
					<Button type="submit" isLoading={setUp.isPending} isDisabled={setUp.isPending} isBlock>{t('setup.done')}</Button>
				</ActionGroup>
			</Form>
		</Alone>
	);
}
