// The acceptance link of one person, for a colleague who hands it over personally. It is a secret: asked for when the button is
// pressed, put on the clipboard, and kept nowhere; shown only where the browser closes the clipboard.
import { useEffect, useRef, useState } from 'react';
import { TextInput } from '@patternfly/react-core';
import CopyIcon from '@patternfly/react-icons/dist/esm/icons/copy-icon';
import { useMutation } from '@tanstack/react-query';
import { api, body, type Person } from '../lib/api';
import { t } from '../lib/i18n';
import { ActButton } from './act_button';
import { copy } from './copy';
import { Trouble } from './states';
import { useSays } from './toasts';

function ByHand({ link }: { link: string }) {
	const field = useRef<HTMLInputElement>(null);
	useEffect(() => field.current?.select(), []);
	return (
		<div>
			<label htmlFor="invitation-link">{t('link.by_hand')}</label>
			<TextInput id="invitation-link" ref={field} className="pomona-mono" value={link} readOnlyVariant="default" autoComplete="off" />
		</div>
	);
}

export function InvitationLink({ person, location }: { person: Person; location: number | undefined }) {
	const { toast } = useSays();
	const [link, setLink] = useState<string | null>(null);
	const show = useMutation({
		mutationFn: () => body(api.POST('/api/v1/people/{id}/invitation-link', { params: { path: { id: person.id } }, body: { location } })),
		gcTime: 0,
		onSuccess: async (answer) => {
			if (await copy(answer.link)) toast(t('link.copied', { name: person.display_name }));
			else setLink(answer.link);
			show.reset();
		},
	});
	return (
		<div className="pomona-stack pomona-tight">
			<div className="pomona-row">
				<ActButton variant="secondary" size="sm" icon={<CopyIcon />} isLoading={show.isPending} isDisabled={show.isPending} onClick={() => { setLink(null); show.mutate(); }}>{t('link.copy')}</ActButton>
				<span className="pomona-muted pomona-small">{t('link.help')}</span>
			</div>
			{show.error && <Trouble error={show.error} level="h3" />}
			{link && <ByHand link={link} />}
		</div>
	);
}
