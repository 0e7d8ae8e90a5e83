// The list of shortcuts, and the switch that turns them off. Loaded when somebody asks for it.
import { Fragment } from 'react';
import { Button, Modal, ModalBody, ModalFooter, ModalHeader, Switch } from '@patternfly/react-core';
import { t, type TextKey } from '../lib/i18n';
import { usePreferred } from '../lib/preferences';

const GROUPS: { title: TextKey; keys: [string[], TextKey][] }[] = [
	{ title: 'keys.everywhere', keys: [[['/'], 'keys.search'], [['?'], 'keys.list'], [['r'], 'keys.refresh'], [['['], 'keys.previous'], [[']'], 'keys.next'], [['Esc'], 'keys.escape']] },
	{
		title: 'keys.go', keys: [
			[['g', 'd'], 'nav.dashboard'], [['g', 'u'], 'nav.user'], [['g', 'v'], 'nav.device'], [['g', 'a'], 'nav.application'],
			[['g', 'j'], 'nav.job'], [['g', 'f'], 'finding.title'], [['g', 'h'], 'nav.history'], [['g', 'l'], 'nav.audit'], [['g', 's'], 'nav.vpp'],
		],
	},
	{ title: 'keys.rows', keys: [[['j'], 'keys.down'], [['k'], 'keys.up'], [['x'], 'keys.pick'], [['Shift', 'x'], 'keys.range'], [['Shift', 'a'], 'keys.page']] },
	{ title: 'keys.acts', keys: [[['i'], 'job.kind.invite'], [['y'], 'job.kind.sync'], [['Delete'], 'job.kind.delete']] },
];

function Keys({ keys }: { keys: string[] }) {
	return keys.map((key, place) => <Fragment key={key}>{place > 0 && ' '}<kbd className="pomona-key">{key}</kbd></Fragment>);
}

export default function ShortcutList({ onClose }: { onClose: () => void }) {
	const [{ single_keys: on }, change] = usePreferred();
	return (
		<Modal isOpen variant="medium" onClose={onClose} aria-labelledby="keys-title">
			<ModalHeader title={t('keys.title')} labelId="keys-title" description={t('keys.words')} />
			<ModalBody className="pomona-stack" tabIndex={0} aria-label={t('keys.title')}>
				<Switch id="single-keys" label={t('keys.on')} isChecked={on} onChange={(_event, single_keys) => change({ single_keys })} />
				<div className="pomona-pair">
					{GROUPS.map((group) => (
						<section key={group.title} aria-label={t(group.title)}>
							<h2 className="pomona-label">{t(group.title)}</h2>
							<dl className="pomona-keys">
								{group.keys.map(([keys, words]) => <div key={words}><dt><Keys keys={keys} /></dt><dd>{t(words)}</dd></div>)}
							</dl>
						</section>
					))}
				</div>
			</ModalBody>
			<ModalFooter><Button onClick={onClose}>{t('dialog.close')}</Button></ModalFooter>
		</Modal>
	);
}
