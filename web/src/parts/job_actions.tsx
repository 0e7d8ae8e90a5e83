// Cancel and retry of a job, each with its question and its error; a plan is looked at on its own page before it is applied.
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, newKey, type Job } from '../lib/api';
import { isOpen, askedJob } from '../lib/events';
import { t } from '../lib/i18n';
import { useMay } from '../lib/session';
import { ActButton } from './act_button';
import { Trouble } from './states';
import { useSays } from './toasts';

const RetryDialog = lazy(() => import('./vpp_dialogs').then((all) => ({ default: all.RetryDialog })));

async function cancel(id: number): Promise<Job> {
	return (await body(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id }, header: { 'Idempotency-Key': newKey() } } }))).job;
}

/** `retried` is told of the new job that a retry makes. */
export function useJobActions(id: number, retried?: (job: Job) => void): { buttons: (job: Job, small?: boolean) => ReactNode; dialog: ReactNode; error: ReactNode } {
	const may = useMay('operator');
	const client = useQueryClient();
	const { announce } = useSays();
	const [asking, setAsking] = useState<Job | null>(null);
	const [retrying, setRetrying] = useState<Job | null>(null);
	const done = (job: Job, verb: 'cancel' | 'retry') => {
		askedJob(job);
		setAsking(null);
		setRetrying(null);
		if (verb === 'retry') retried?.(job);
		announce(t(`job.said_${verb}`));
		void client.invalidateQueries({ queryKey: ['items', id] });
		void client.invalidateQueries({ queryKey: ['jobs'] });
	};
	const act = useMutation({ mutationFn: () => cancel(id), onSuccess: (job) => done(job, 'cancel') });
	const buttons = (job: Job, small = false) => {
		if (!may) return null;
		const size = small ? 'sm' : undefined;
		const over = !isOpen(job) && job.state !== 'planned';
		return (
			<>
				{job.state === 'planned' && small && <Link to={`/job/${id}`} className="pf-v6-c-button pf-m-primary pf-m-small">{t('open.plan_waiting_do')}</Link>}
				{(isOpen(job) || job.state === 'planned') && job.kind !== 'import' && (
					<Button size={size} variant="secondary" onClick={() => { act.reset(); setAsking(job); }}>{job.state === 'planned' ? t('job.discard') : t('job.cancel')}</Button>
				)}
				{over && job.failed > 0 && job.kind !== 'import' && (
					<Button size={size} variant="secondary" onClick={() => setRetrying(job)}>{t('job.retry', { count: job.failed })}</Button>
				)}
			</>
		);
	};
	const rest = asking ? Math.max(0, asking.total - asking.done - asking.failed - asking.skipped) : 0;
	const question = asking && (
		<Modal isOpen variant="small" aria-labelledby="job-cancel" onClose={() => setAsking(null)}>
			<ModalHeader title={asking.state === 'planned' ? t('job.discard_title') : t('job.cancel_title')} labelId="job-cancel" />
			<ModalBody className="pomona-stack">
				<p>{asking.state === 'planned' ? t('job.discard_words') : t('job.cancel_words', { done: asking.done, rest })}</p>
				{act.error && <Trouble error={act.error} />}
			</ModalBody>
			<ModalFooter>
				<ActButton variant="primary" isLoading={act.isPending} isDisabled={act.isPending} onClick={() => act.mutate()}>{asking.state === 'planned' ? t('job.discard') : t('job.cancel')}</ActButton>
				<Button variant="link" onClick={() => setAsking(null)}>{t('job.keep')}</Button>
			</ModalFooter>
		</Modal>
	);
	const dialog = (
		<>
			{question}
			{retrying && <Suspense fallback={null}><RetryDialog job={retrying} onClose={() => setRetrying(null)} onStarted={(job) => done(job, 'retry')} /></Suspense>}
		</>
	);
	return { buttons, dialog, error: !asking && act.error ? <Trouble error={act.error} /> : null };
}
