// A repair of findings, one or many: what will be done and for whom not, from the server, before anything is.
import { useMemo, useState } from 'react';
import { Alert, Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { bodyAs, newKey, type Job } from '../../lib/api';
import { digitsOf, formatNumber, t } from '../../lib/i18n';
import { asProblem } from '../../lib/problem';
import { ActButton } from '../../parts/act_button';
import { Field } from '../../parts/field';
import { Trouble } from '../../parts/states';
import { Skipped, TYPED_FROM, Waiting, Who } from '../../parts/vpp_dialog';
import { carryOut, destroys, lookAt, type How, type Seen, type Wish } from './wish';

function titleOf(how: How, count: number): string {
	if (how === 'leave') return t('finding.leave_title', { count });
	if (how === 'retire') return count === 0 ? t('finding.retire_nobody') : t('finding.retire_title', { count });
	if (count === 0) return t(how === 'sync' ? 'finding.sync_nobody' : `vpp.${how}_nobody`);
	return how === 'sync' ? t('sync.title', { count }) : t(`vpp.${how}_title`, { count });
}

function okOf(how: How): string {
	if (how === 'leave' || how === 'retire') return t(`finding.${how}_ok`);
	return how === 'sync' ? t('sync.ok') : t(`vpp.${how}_ok`);
}

function Effect({ how, seen }: { how: How; seen: Seen }) {
	if (how === 'leave') return <p>{t('finding.leave_effect')}</p>;
	if (seen.people.will_do === 0) return null;
	if (how === 'sync') return <p>{t('finding.sync_effect')}</p>;
	if (how === 'retire') return <><p>{t('finding.retire_effect', { count: seen.people.licences })}</p><p>{t('vpp.delete_books')}</p></>;
	if (how === 'invite') return <p>{t('vpp.invite_effect')}</p>;
	return <><p>{t('vpp.delete_effect', { count: seen.people.licences })}</p><p>{t('vpp.delete_books')}</p><p>{t('finding.delete_then')}</p></>;
}

/** What the confirmation is about: people, or findings when they are only left as they are. */
const countOf = (how: How, seen: Seen) => (how === 'leave' ? seen.findings : seen.people.will_do);

function Preview({ how, seen }: { how: How; seen: Seen }) {
	return (
		<>
			<Effect how={how} seen={seen} />
			{how !== 'leave' && <><Who preview={seen.people} /><Skipped preview={seen.people} /></>}
			{seen.without > 0 && <p>{t('finding.without', { count: seen.without })}</p>}
			{seen.gone > 0 && <p>{t('finding.gone', { count: seen.gone })}</p>}
		</>
	);
}

export default function RepairDialog({ wish, onClose, onDone }: { wish: Wish; onClose: () => void; onDone: (job: Job | null) => void }) {
	const { how } = wish;
	const [typed, setTyped] = useState('');
	const look = useQuery({
		queryKey: ['finding-preview', wish],
		queryFn: ({ signal }) => bodyAs<Seen>(lookAt(wish, signal)),
		gcTime: 0, staleTime: Infinity, retry: false, refetchOnWindowFocus: false,
	});
	const seen = look.data;
	const key = useMemo(newKey, [seen]);
	const act = useMutation({
		mutationFn: async (now: Seen) => (await bodyAs<{ job: Job | null }>(carryOut(wish, now.findings, key))).job,
		onSuccess: onDone,
		onError: (error) => {
			if (asProblem(error).reason !== 'selection.moved') return;
			setTyped('');
			void look.refetch();
		},
	});
	const hasMoved = asProblem(act.error).reason === 'selection.moved';
	const count = seen ? countOf(how, seen) : 0;
	const nothing = seen !== undefined && count === 0;
	const mustType = destroys(how) && count >= TYPED_FROM;
	const ready = seen !== undefined && !look.isFetching && !nothing && (!mustType || digitsOf(typed) === String(count));
	return (
		<Modal isOpen variant="medium" onClose={onClose} aria-labelledby="repair-title" data-dialog="repair">
			<ModalHeader title={seen ? titleOf(how, count) : t(`finding.repair.${how}`)} titleIconVariant={destroys(how) && !nothing ? 'danger' : undefined} labelId="repair-title" />
			<ModalBody className="pomona-stack">
				{look.isPending && <Waiting />}
				{look.error && <Trouble error={look.error} again={() => void look.refetch()} />}
				{hasMoved && <Alert isInline isLiveRegion variant="warning" component="h2" title={t('finding.moved')} />}
				{seen && <Preview how={how} seen={seen} />}
				{mustType && <Field id="typed" label={t('vpp.type_number', { number: formatNumber(count) })} value={typed} onChange={setTyped} inputMode="numeric" autoComplete="off" />}
				{act.error && !hasMoved && <Trouble error={act.error} />}
			</ModalBody>
			<ModalFooter>
				{!nothing && (
					<ActButton variant={destroys(how) ? 'danger' : 'primary'} isDisabled={!ready || act.isPending} isLoading={act.isPending} onClick={() => seen && act.mutate(seen)}>{okOf(how)}</ActButton>
				)}
				<Button variant="link" onClick={onClose}>{nothing ? t('dialog.close') : t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}
