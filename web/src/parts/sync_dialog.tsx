// "Sync VPP": reads Apple and shows the plan; OK carries it out. Cancel leaves everything as it is.
import { useEffect, useMemo, useRef } from 'react';
import { Alert, Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { api, body, bodyAs, newKey, type Job } from '../lib/api';
import { askedJob, isOpen, lastSeenJob } from '../lib/events';
import { t } from '../lib/i18n';
import { plannedByKind, useResults } from '../lib/job_results';
import { RETIRES_TYPED } from '../lib/plan_part';
import { ActButton } from './act_button';
import { JobProgress, useJob } from './job_strip';
import { planCount, PlanList } from './plan';
import { Loading, Trouble } from './states';
import type { SelectionBody } from './vpp_actions';

export interface SyncChosen { selection?: SelectionBody; count?: number; location: number | undefined }

/** How many the plan would remove at Apple; undefined until it is known. */
function useRetires(job: Job | undefined): number | undefined {
	const results = useResults(job).data;
	return results && (plannedByKind(results).get('retire') ?? 0);
}

function Plan({ id, onClose, onPage, onStarted }: { id: number; onClose: () => void; onPage: () => void; onStarted: (job: Job) => void }) {
	const { data: job, error } = useJob(id, true);
	const key = useMemo(newKey, []);
	const apply = useMutation({
		mutationFn: async () => (await body(api.POST('/api/v1/jobs/{id}/apply', { params: { path: { id }, header: { 'Idempotency-Key': key } } }))).job,
		onSuccess: onStarted,
	});
	const planned = job?.state === 'planned';
	// A plan without a change is over at once: there is nothing to wait for a person.
	const over = job?.state === 'done';
	const changes = job ? planCount(job) : 0;
	const nothing = over || (planned && changes === 0);
	const retires = useRetires(planned ? job : undefined);
	const many = (retires ?? 0) >= RETIRES_TYPED;
	const ready = over || (planned && retires !== undefined && !many && !apply.isPending);
	return (
		<>
			<ModalBody className="pomona-stack" tabIndex={0} aria-label={t('sync.plan')}>
				{error && !job && <Trouble error={error} />}
				{job && isOpen(job) && <><p role="status">{t('sync.reading')}</p><JobProgress job={job} /></>}
				{job && !isOpen(job) && !planned && !over && <Trouble error={new Error(job.failure ?? t('sync.no_plan'))} title={t('sync.no_plan')} />}
				{(planned || over) && <p role="status">{nothing ? t('sync.nothing') : t('sync.planned', { count: changes })}</p>}
				{job && (planned || over) && <PlanList job={job} />}
				{many && <Alert isInline component="p" variant="warning" title={t('sync.many', { count: retires ?? 0 })} />}
				{apply.error && <Trouble error={apply.error} />}
			</ModalBody>
			<ModalFooter>
				<ActButton variant="primary" isDisabled={!ready} isLoading={apply.isPending} onClick={() => (over ? onStarted(job) : apply.mutate())}>{t('sync.ok')}</ActButton>
				{planned && changes > 1 && <Button variant="secondary" onClick={onPage}>{t('sync.choose_part')}</Button>}
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</>
	);
}

export function SyncDialog({ chosen, onClose, onStarted }: { chosen: SyncChosen; onClose: () => void; onStarted: (job: Job) => void }) {
	const key = useMemo(newKey, []);
	const plan = useQuery({
		queryKey: ['plan', key],
		queryFn: async ({ signal }) => {
			const wish = { location: chosen.location, selection: chosen.selection, mode: 'plan' as const };
			const { job } = await bodyAs<{ job: Job }>(api.POST('/api/v1/vpp-users/sync', { params: { header: { 'Idempotency-Key': key } }, body: wish, signal }));
			askedJob(job);
			return job;
		},
		gcTime: 0, staleTime: Infinity, retry: false, refetchOnWindowFocus: false,
	});
	const [, go] = useLocation();
	const applied = useRef(false);
	const id = plan.data?.id;
	const latest = useRef(id);
	useEffect(() => { latest.current = id; }, [id]);
	const close = () => {
		// A plan that nobody wants must not stay around and be applied by mistake. One without a change has ended by itself.
		const seen = latest.current === undefined ? undefined : lastSeenJob(latest.current);
		if (latest.current !== undefined && !applied.current && (!seen || isOpen(seen) || seen.state === 'planned')) {
			void api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id: latest.current } } }).catch(() => undefined);
		}
		onClose();
	};
	const title = chosen.selection ? t('sync.title', { count: chosen.count ?? 0 }) : t('sync.title_all');
	return (
		<Modal isOpen variant="medium" onClose={close} aria-labelledby="sync-title" data-dialog="sync">
			<ModalHeader title={title} description={t('sync.effect')} labelId="sync-title" />
			{id !== undefined
				? <Plan id={id} onClose={close} onPage={() => { applied.current = true; onClose(); go(`/job/${id}`); }} onStarted={(job) => { applied.current = true; onStarted(job); }} />
				: (
					<>
						<ModalBody>{plan.error ? <Trouble error={plan.error} again={() => void plan.refetch()} /> : <Loading label={t('sync.reading')} rows={3} />}</ModalBody>
						<ModalFooter>
							<Button variant="primary" isDisabled>{t('sync.ok')}</Button>
							<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
						</ModalFooter>
					</>
				)}
		</Modal>
	);
}
