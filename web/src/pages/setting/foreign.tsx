// Another service has put its owner mark on the location: who, since when, and the three ways out of it.
import { useState } from 'react';
import { Alert, Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, type Location } from '../../lib/api';
import { t } from '../../lib/i18n';
import { useMay } from '../../lib/session';
import { timeExact } from '../../lib/time';
import { Choices } from '../../parts/choices';
import { Trouble } from '../../parts/states';
import { useSays } from '../../parts/toasts';

type Way = 'observe' | 'take' | 'leave';

function Question({ location, name, onClose, onLeave }: { location: Location; name: string; onClose: () => void; onLeave: () => void }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const [way, setWay] = useState<Way>('observe');
	const params = { path: { id: location.id } };
	const act = useMutation({
		mutationFn: (chosen: Exclude<Way, 'leave'>) => (chosen === 'take'
			? body(api.POST('/api/v1/locations/{id}/take-back', { params }))
			: body(api.PUT('/api/v1/locations/{id}/mode', { params, body: { mode: 'observe' } }))),
		onSuccess: (_location, chosen) => {
			toast(chosen === 'take' ? t('location.taken_back', { name: location.name }) : t('toast.saved'));
			void client.invalidateQueries({ queryKey: ['locations'] });
			void client.invalidateQueries({ queryKey: ['problems'] });
			onClose();
		},
	});
	const go = () => {
		if (way === 'leave') { onClose(); onLeave(); } else act.mutate(way);
	};
	return (
		<Modal isOpen variant="medium" onClose={onClose} aria-labelledby="foreign-title" data-dialog="foreign">
			<ModalHeader title={t('foreign.title', { location: location.name })} titleIconVariant="warning" labelId="foreign-title" />
			<ModalBody className="pomona-stack">
				<p>{location.owner.since ? t('foreign.since', { name, when: timeExact(location.owner.since) }) : t('location.foreign', { name })}</p>
				<Choices name="foreign-way" label={t('foreign.legend')} value={way} onChange={setWay} choices={[
					{ value: 'observe', label: t('mode.observe'), help: t('mode.observe_help') },
					{ value: 'take', label: t('location.take_back'), help: t('foreign.take_help', { name }) },
					{ value: 'leave', label: t('location.disconnect'), help: t('foreign.leave_help') },
				]} />
				{act.error && <Trouble error={act.error} level="h3" />}
			</ModalBody>
			<ModalFooter>
				<Button variant={way === 'observe' ? 'primary' : 'danger'} isLoading={act.isPending} isDisabled={act.isPending} onClick={go}>{t(`foreign.ok_${way}`)}</Button>
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}

export function Foreign({ location, onLeave }: { location: Location; onLeave: () => void }) {
	const [open, setOpen] = useState(false);
	const mayChange = useMay('admin');
	const name = location.owner.name ?? t('location.another');
	return (
		<>
			<Alert isInline variant="danger" component="p" title={location.owner.since ? t('foreign.since', { name, when: timeExact(location.owner.since) }) : t('location.foreign', { name })}
				actionLinks={mayChange && <Button variant="secondary" isDanger onClick={() => setOpen(true)}>{t('foreign.choose')}</Button>}>
				{t('location.foreign_words')}
			</Alert>
			{open && <Question location={location} name={name} onClose={() => setOpen(false)} onLeave={onLeave} />}
		</>
	);
}
