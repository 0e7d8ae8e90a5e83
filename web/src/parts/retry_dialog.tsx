// "Retry failed": what would be done again and what would not, from the server, before it is; then a new job.
import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useMemo } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, bodyAs, newKey, type Job, type Preview } from '../lib/api';
import { t } from '../lib/i18n';
import { Trouble } from './states';
import { Skipped, Waiting, Who } from './vpp_dialog';

export default function RetryDialog({ job, onClose, onStarted }: { job: Job; onClose: () => void; onStarted: (job: Job) => void }) {
	const key = useMemo(newKey, []);
	const path = { id: job.id };
	const preview = useQuery({
		queryKey: ['retry', job.id],
		queryFn: ({ signal }) => bodyAs<Preview>(api.POST('/api/v1/jobs/{id}/retry', { params: { path, query: { dry_run: 1 } }, signal })),
		gcTime: 0, staleTime: Infinity, retry: false, refetchOnWindowFocus: false,
	});
	const act = useMutation({
		mutationFn: async () => (await bodyAs<{ job: Job }>(api.POST('/api/v1/jobs/{id}/retry', { params: { path, header: { 'Idempotency-Key': key } } }))).job,
		onSuccess: onStarted,
	});
	const data = preview.data;
	const nothing = data !== undefined && data.will_do === 0;
	return (
		<Modal isOpen variant="medium" onClose={onClose} aria-labelledby="retry-title" data-dialog="retry" data-ready={data !== undefined || undefined}>
			<ModalHeader title={nothing ? t('retry.nobody') : t('retry.title', { count: data?.will_do ?? job.failed })} titleIconVariant={job.kind === 'delete' && !nothing ? 'danger' : undefined} labelId="retry-title" />
			<ModalBody className="pomona-stack">
				{preview.isPending && <Waiting />}
				{preview.error && <Trouble error={preview.error} again={() => void preview.refetch()} />}
				{data && !nothing && <p>{t('retry.effect', { id: String(job.id) })}</p>}
				{data && <><Who preview={data} /><Skipped preview={data} /></>}
				{act.error && <Trouble error={act.error} />}
			</ModalBody>
			<ModalFooter>
				{!nothing && <Button variant={job.kind === 'delete' ? 'danger' : 'primary'} isDisabled={!data || act.isPending} isLoading={act.isPending} onClick={() => act.mutate()}>{t('retry.ok')}</Button>}
				<Button variant="link" onClick={onClose}>{nothing ? t('dialog.close') : t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}
