// Which columns the list of users has, in which order and how close its rows stand. Kept for the administrator.
import { useRef, useState } from 'react';
import { Button, Checkbox, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import ArrowDownIcon from '@patternfly/react-icons/dist/esm/icons/arrow-down-icon';
import ArrowUpIcon from '@patternfly/react-icons/dist/esm/icons/arrow-up-icon';
import { t } from '../lib/i18n';
import { usePreferred, type Preferences } from '../lib/preferences';
import { Choices } from '../parts/choices';
import { useSays } from '../parts/toasts';
import { COLUMNS, chosenColumns, USUAL } from './people_columns';

function startOrder(chosen: readonly string[]): string[] {
	return [...chosen, ...COLUMNS.map((one) => one.id).filter((id) => !chosen.includes(id))];
}

export default function ColumnsDialog({ onClose }: { onClose: () => void }) {
	const [{ user_columns, density }, change] = usePreferred();
	const { announce } = useSays();
	const [chosen, setChosen] = useState(() => chosenColumns(user_columns).map((one) => one.id));
	const [order, setOrder] = useState(() => startOrder(chosen));
	const [close, setClose] = useState<Preferences['density']>(density);
	const list = useRef<HTMLUListElement>(null);
	const titleOf = (id: string) => t(COLUMNS.find((one) => one.id === id)?.title ?? 'people.name');
	const move = (id: string, by: number) => {
		const at = order.indexOf(id);
		const next = [...order];
		next.splice(at, 1);
		next.splice(at + by, 0, id);
		setOrder(next);
		announce(t('columns.moved', { column: titleOf(id), place: at + by + 1, total: order.length }));
		// At the end of the way the button is off: the other one keeps the focus in the row.
		setTimeout(() => {
			if (document.activeElement !== document.body) return;
			list.current?.querySelector<HTMLElement>(`[data-column="${id}"] button:not(:disabled)`)?.focus();
		});
	};
	const save = () => {
		const wanted = order.filter((id) => chosen.includes(id));
		change({ user_columns: wanted.join() === USUAL.join() ? [] : wanted, density: close });
		onClose();
	};
	return (
		<Modal isOpen variant="small" onClose={onClose} aria-labelledby="columns-title">
			<ModalHeader title={t('columns.title')} labelId="columns-title" description={t('columns.words')} />
			<ModalBody className="pomona-stack" tabIndex={0} aria-label={t('columns.title')}>
				<ul className="pomona-plain pomona-tight" ref={list}>
					{order.map((id, place) => (
						<li key={id} data-column={id} className="pomona-column">
							<Checkbox id={`column-${id}`} label={titleOf(id)} isChecked={chosen.includes(id)}
								onChange={(_event, on) => setChosen(on ? [...chosen, id] : chosen.filter((one) => one !== id))} />
							<Button variant="plain" size="sm" isDisabled={place === 0} aria-label={t('columns.up', { column: titleOf(id) })} icon={<ArrowUpIcon />} onClick={() => move(id, -1)} />
							<Button variant="plain" size="sm" isDisabled={place === order.length - 1} aria-label={t('columns.down', { column: titleOf(id) })} icon={<ArrowDownIcon />} onClick={() => move(id, 1)} />
						</li>
					))}
				</ul>
				<Choices name="density" label={t('columns.density')} value={close} onChange={setClose} choices={[
					{ value: 'compact', label: t('columns.compact') }, { value: 'comfortable', label: t('columns.comfortable') },
				]} />
			</ModalBody>
			<ModalFooter>
				<Button onClick={save}>{t('dialog.save')}</Button>
				<Button variant="secondary" onClick={() => { setChosen(USUAL); setOrder(startOrder(USUAL)); setClose('compact'); }}>{t('columns.usual')}</Button>
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}
