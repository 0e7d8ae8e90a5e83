// "Send VPP invitation" and "Delete from VPP": what will be done and what will be skipped, from the server, before anything is.
import { useEffect, useMemo, useState } from 'react';
import { Alert, Button, ExpandableSection, Modal, ModalBody, ModalFooter, ModalHeader, Skeleton } from '@patternfly/react-core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, bodyAs, newKey, type Job, type Preview } from '../lib/api';
import { digitsOf, formatNumber, t } from '../lib/i18n';
import { asProblem } from '../lib/problem';
import { ActButton } from './act_button';
import { Field } from './field';
import { InviteOptions, type InviteChoice } from './invite_options';
import { Trouble } from './states';
import type { Chosen, SelectionBody } from './vpp_actions';

/** From so many people on, the number has to be typed. */
export const TYPED_FROM = 100;
/** Up to so many are looked at one by one before the dialog asks; of more the server counts what it knows of their states and flags, and looks
 * at the first ones. */
const LOOKED_AT_ALL = 5_000;
const LOOKED_AT_FIRST = 1_000;

type Verb = 'invite' | 'delete';

/** channel and skip_recent are of an invitation. */
interface Wish { chosen: Chosen; channel?: InviteChoice['channel']; skip_recent: boolean }

function post(verb: Verb, { chosen, channel, skip_recent }: Wish, dry: boolean, key: string, signal?: AbortSignal) {
	const body = { location: chosen.location, selection: chosen.selection };
	const look = chosen.count > LOOKED_AT_ALL ? LOOKED_AT_FIRST : undefined;
	const params = dry ? { query: { dry_run: 1 as const, look } } : { header: { 'Idempotency-Key': key } };
	return verb === 'invite'
		? api.POST('/api/v1/vpp-users/invite', { params, body: { ...body, channel, skip_recent }, signal })
		: api.POST('/api/v1/vpp-users/delete', { params, body, signal });
}

interface Looked extends Preview { isAllRecent: boolean }

/** Who was invited a moment ago is left out, unless it is said otherwise; or unless they all were: then there is nothing to ask. */
async function look(verb: Verb, chosen: Chosen, choice: InviteChoice, key: string, signal: AbortSignal): Promise<Looked> {
	const wish = { chosen, channel: choice.channel, skip_recent: verb === 'invite' && !choice.again };
	const seen = await bodyAs<Preview>(post(verb, wish, true, key, signal));
	const isAllRecent = wish.skip_recent && seen.counted === 'all' && seen.will_do === 0 && seen.recent > 0;
	if (!isAllRecent) return { ...seen, isAllRecent };
	return { ...await bodyAs<Preview>(post(verb, { ...wish, skip_recent: false }, true, key, signal)), isAllRecent };
}

export function Who({ preview }: { preview: Preview }) {
	const [open, setOpen] = useState(false);
	if (preview.will.length === 0) return null;
	return (
		<ExpandableSection toggleText={t('vpp.who', { count: preview.will_do })} isExpanded={open} onToggle={(_event, next) => setOpen(next)}>
			<ul className="pomona-list pomona-scroll" tabIndex={0} aria-label={t('vpp.who', { count: preview.will_do })}>
				{preview.will.map((one, row) => <li key={row}>{one.person.display_name} <span className="pomona-muted">– {one.what}</span></li>)}
				{preview.will_do > preview.will.length && <li>{t('vpp.and_more', { count: preview.will_do - preview.will.length })}</li>}
			</ul>
		</ExpandableSection>
	);
}

export function Skipped({ preview }: { preview: Preview }) {
	const [open, setOpen] = useState(false);
	if (preview.will_skip === 0) return null;
	return (
		<div>
			<strong>{t('vpp.will_skip', { count: preview.will_skip })}</strong>
			<ul className="pomona-list">
				{preview.skip_reasons.map((one) => <li key={one.reason}>{t('vpp.skip_reason', { count: one.count, reason: one.reason })}</li>)}
			</ul>
			{preview.skip.length > 0 && (
				<ExpandableSection toggleText={t('vpp.skip_who')} isExpanded={open} onToggle={(_event, next) => setOpen(next)}>
					<ul className="pomona-list pomona-scroll" tabIndex={0} aria-label={t('vpp.skip_who')}>
						{preview.skip.map((one, row) => <li key={row}><Link to={`/user/${one.person.id}`}>{one.person.display_name}</Link> <span className="pomona-muted">– {one.reason}</span></li>)}
						{preview.will_skip > preview.skip.length && <li>{t('vpp.and_more', { count: preview.will_skip - preview.skip.length })}</li>}
					</ul>
				</ExpandableSection>
			)}
		</div>
	);
}

function Effect({ verb, preview }: { verb: Verb; preview: Preview }) {
	if (preview.will_do === 0) return null;
	if (verb === 'invite') return <p>{t('vpp.invite_effect')}</p>;
	const looked = preview.looked_at;
	return (
		<>
			<p>{looked < preview.selected ? t('vpp.delete_effect_first', { licences: preview.licences, looked }) : t('vpp.delete_effect', { count: preview.licences })}</p>
			<p>{t('vpp.delete_books')}</p>
		</>
	);
}

/** Of whom the numbers are, when they are not everyone's to the last. */
function Counted({ preview }: { preview: Preview }) {
	if (preview.counted === 'all') return null;
	const title = preview.counted === 'about' ? t('vpp.counted_about') : t('vpp.counted_part', { looked: preview.looked_at, total: preview.selected });
	return <Alert isInline isPlain variant="info" component="p" title={title} />;
}

export function Waiting() {
	return (
		<div role="status" className="pomona-stack">
			<span className="pf-v6-screen-reader">{t('vpp.looking')}</span>
			<Skeleton width="90%" /><Skeleton width="60%" /><Skeleton width="75%" />
		</div>
	);
}

/** The same selection, however many it means now; and as many as the preview saw, no more and no less. */
function withExpected(selection: SelectionBody, expected: number | undefined): SelectionBody {
	return 'filter' in selection ? { ...selection, expected } : selection;
}

export function ActionDialog({ verb, chosen: first, onClose, onStarted }: { verb: Verb; chosen: Chosen; onClose: () => void; onStarted: (job: Job) => void }) {
	// How many there were when the list was found to have moved: it is looked at again, and asked about again.
	const [before, setBefore] = useState<number | null>(null);
	const chosen = useMemo(() => (before === null ? first : { ...first, selection: withExpected(first.selection, undefined) }), [before, first]);
	const [choice, setChoice] = useState<InviteChoice>({ again: false });
	const key = useMemo(newKey, [before, choice]);
	const [typed, setTyped] = useState('');
	const preview = useQuery({
		queryKey: ['preview', verb, chosen.selection, chosen.location, choice],
		queryFn: ({ signal }) => look(verb, chosen, choice, key, signal),
		placeholderData: keepPreviousData,
		gcTime: 0, staleTime: Infinity, retry: false, refetchOnWindowFocus: false,
	});
	const data = preview.data;
	const act = useMutation({
		mutationFn: async (seen: number) => {
			const wish = { chosen: { ...chosen, selection: withExpected(chosen.selection, seen) }, channel: choice.channel, skip_recent: verb === 'invite' && !choice.again && !data?.isAllRecent };
			return (await bodyAs<{ job: Job }>(post(verb, wish, false, key))).job;
		},
		onSuccess: onStarted,
		onError: (error, seen) => {
			if (asProblem(error).reason !== 'selection.moved' || !('filter' in chosen.selection)) return;
			setBefore(seen);
			setTyped('');
		},
	});
	const movedBefore = before === null && 'filter' in first.selection && asProblem(preview.error).reason === 'selection.moved';
	useEffect(() => {
		if (movedBefore) setBefore(first.count);
	}, [movedBefore, first.count]);
	const seen = data?.selected ?? 0;
	const exact = data?.counted === 'all';
	const count = exact ? data.will_do : data?.selected ?? chosen.count;
	const nothing = exact && data.will_do === 0;
	const mustType = verb === 'delete' && count >= TYPED_FROM;
	const ready = data !== undefined && !preview.isPlaceholderData && !nothing && (!mustType || digitsOf(typed) === String(count));
	const title = nothing ? t(`vpp.${verb}_nobody`) : data && !exact ? t(`vpp.${verb}_title_most`, { number: count }) : t(`vpp.${verb}_title`, { count });
	const hasMoved = before !== null && data !== undefined && seen !== before;
	return (
		<Modal isOpen variant="medium" onClose={onClose} aria-labelledby="vpp-title" data-dialog={verb} data-ready={(data !== undefined && !preview.isPlaceholderData) || undefined}>
			<ModalHeader title={title} titleIconVariant={verb === 'delete' && !nothing ? 'danger' : undefined} labelId="vpp-title" />
			<ModalBody className="pomona-stack">
				{preview.isPending && <Waiting />}
				{preview.error && <Trouble error={preview.error} again={() => void preview.refetch()} />}
				{hasMoved && <Alert isInline isLiveRegion variant="warning" component="h2" title={t('vpp.moved', { count: seen, before })} />}
				{data && <><Effect verb={verb} preview={data} /><Counted preview={data} /><Who preview={data} /><Skipped preview={data} /></>}
				{data && verb === 'invite' && <InviteOptions preview={data} location={chosen.location} choice={choice} onChange={setChoice} isAllRecent={data.isAllRecent} />}
				{mustType && data && (
					<Field id="typed" label={t('vpp.type_number', { number: formatNumber(count) })} value={typed} onChange={setTyped} inputMode="numeric" autoComplete="off" />
				)}
				{act.error && !hasMoved && <Trouble error={act.error} />}
			</ModalBody>
			<ModalFooter>
				{!nothing && (
					<ActButton variant={verb === 'delete' ? 'danger' : 'primary'} isDisabled={!ready || act.isPending} isLoading={act.isPending} onClick={() => act.mutate(seen)}>
						{t(`vpp.${verb}_ok`)}
					</ActButton>
				)}
				<Button variant="link" onClick={onClose}>{nothing ? t('dialog.close') : t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}
