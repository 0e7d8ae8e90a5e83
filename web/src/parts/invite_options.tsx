// What an invitation can be told beside whom it is for: the channel, whether those invited a moment ago are sent it again; and what it says.
import { useState } from 'react';
import { Checkbox, ExpandableSection } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { api, body, type MessageChannel, type Preview } from '../lib/api';
import { channelName } from '../lib/channel';
import { t } from '../lib/i18n';
import { useLocations } from '../lib/queries';
import { Choices } from './choices';
import { Loading, Trouble } from './states';

/** channel undefined: as the location says. */
export interface InviteChoice { channel?: MessageChannel; again: boolean }

function Sample({ location, name }: { location?: number; name?: string }) {
	const { data, error, refetch } = useQuery({
		queryKey: ['sample', location, name],
		queryFn: ({ signal }) => body(api.GET('/api/v1/invitations/sample', { params: { query: { location, name } }, signal })),
	});
	if (error) return <Trouble error={error} again={() => void refetch()} />;
	if (!data) return <Loading label={t('state.loading')} />;
	return (
		<div className="pomona-stack">
			<span className="pomona-muted pomona-small">{t('vpp.message_note')}</span>
			<div className="pomona-letter" lang={data.language} dir="auto"><strong>{data.subject}</strong>{`\n\n${data.text.trim()}`}</div>
		</div>
	);
}

function Message({ channel, location, name }: { channel: MessageChannel; location?: number; name?: string }) {
	const [open, setOpen] = useState(false);
	return (
		<ExpandableSection toggleText={t('vpp.message')} isExpanded={open} onToggle={(_event, next) => setOpen(next)}>
			{open && channel !== 'email' && <p className="pomona-muted pomona-small">{t('vpp.message_both')}</p>}
			{open && channel !== 'notification' && <Sample location={location} name={name} />}
		</ExpandableSection>
	);
}

/** Who was invited a moment ago is asked about when it is some, or when nobody can say how many. */
function Again({ preview, value, onChange }: { preview: Preview; value: boolean; onChange: (value: boolean) => void }) {
	const isExact = preview.counted === 'all';
	if (isExact && preview.recent === 0) return null;
	return (
		<Checkbox id="invite-again" isChecked={value} onChange={(_event, next) => onChange(next)}
			label={isExact ? t('vpp.again', { count: preview.recent }) : t('vpp.again_some')} />
	);
}

export function InviteOptions({ preview, location: id, choice, onChange, isAllRecent }: {
	preview: Preview; location: number | undefined; choice: InviteChoice; onChange: (choice: InviteChoice) => void; isAllRecent: boolean;
}) {
	const locations = useLocations().data?.items;
	const location = id === undefined ? locations?.[0] : locations?.find((one) => one.id === id);
	if (!location || (preview.will_do === 0 && preview.recent === 0 && preview.counted === 'all' && !choice.channel)) return null;
	const usual = location.message_channel;
	const channel = choice.channel ?? usual;
	const help = (one: MessageChannel) => (one === usual ? t('vpp.channel_default') : undefined);
	return (
		<>
			<Choices<MessageChannel> name="invite-channel" label={t('vpp.send_by')} value={channel}
				onChange={(next) => onChange({ ...choice, channel: next === usual ? undefined : next })}
				choices={(['notification_else_email', 'notification', 'email'] as const).map((one) => ({ value: one, label: channelName(one), help: help(one) }))} />
			{!isAllRecent && <Again preview={preview} value={choice.again} onChange={(again) => onChange({ ...choice, again })} />}
			<Message channel={channel} location={id} name={preview.will[0]?.person.display_name} />
		</>
	);
}
