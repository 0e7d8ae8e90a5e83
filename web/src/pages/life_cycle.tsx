// The life cycle of a VPP user as a line of steps: what is past, where it stands, what comes next.
import type { ReactNode } from 'react';
import type { Person } from '../lib/api';
import { t, tMaybe } from '../lib/i18n';
import { When } from '../parts/when';
import { MessageBadge, VppBadge } from '../parts/badges';
import { Alert } from '@patternfly/react-core';

type Vpp = Person['vpp'];

function Message({ message }: { message: Vpp['message'] }) {
	if (message.state === 'none') return <span className="pomona-muted">{t('life.no_message')}</span>;
	return (
		<span className="pomona-row pomona-close">
			<MessageBadge state={message.state} />
			{message.channel && tMaybe(`message.channel.${message.channel}`, message.channel)}
			{message.at && <When at={message.at} />}
			{message.reason && <span className="pomona-wrap">{message.reason}</span>}
		</span>
	);
}

export function LifeCycle({ vpp }: { vpp: Vpp }) {
	const steps: { key: string; title: string; words: ReactNode; now: boolean; past: boolean }[] = [
		{ key: 'registered', title: t('life.registered'), words: vpp.registered_at ? <When at={vpp.registered_at} /> : t('life.not_yet'), now: vpp.state === 'registered' || vpp.state === 'requested', past: vpp.registered_at !== null },
		{ key: 'message', title: t('life.message'), words: <Message message={vpp.message} />, now: vpp.state === 'invited', past: vpp.message.state === 'sent' },
		{ key: 'associated', title: t('life.associated'), words: vpp.associated_at ? <When at={vpp.associated_at} /> : t('life.not_yet'), now: vpp.state === 'associated', past: vpp.associated_at !== null },
	];
	return (
		<>
			<div className="pomona-row"><VppBadge state={vpp.state} /><span>{t(`vpp.help.${vpp.state}`)}</span></div>
			{vpp.failed && <Alert isInline variant="danger" component="p" title={t('life.failed')}>{vpp.failed.reason}</Alert>}
			{vpp.state !== 'none' && vpp.state !== 'removed' && (
				<ol className="pomona-timeline">
					{steps.map((step) => (
						<li key={step.key} data-now={step.now || undefined} data-past={step.past || undefined} aria-current={step.now ? 'step' : undefined}>
							<strong>{step.title}</strong><div>{step.words}</div>
						</li>
					))}
				</ol>
			)}
		</>
	);
}
