// Whether the trail is as it was written: what the server's last walk along the chain of hashes found.
import { Alert, Button } from '@patternfly/react-core';
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from '../lib/api';
import { t } from '../lib/i18n';
import { timeExact } from '../lib/time';

const LOOK_MS = 30_000;
const WALK_MS = 700;

export function AuditCheck() {
	const client = useQueryClient();
	const check = useQuery({
		queryKey: ['audit-check'],
		queryFn: ({ signal }) => body(api.GET('/api/v1/audit/check', { signal })),
		refetchInterval: (query) => (query.state.data?.checking ? WALK_MS : LOOK_MS),
	}).data;
	const again = useMutation({
		mutationFn: () => body(api.POST('/api/v1/audit/check')),
		onSuccess: (answer) => client.setQueryData(['audit-check'], answer),
	});
	if (!check) return null;
	const button = (
		<Button variant="link" isInline isLoading={check.checking || again.isPending} isDisabled={check.checking || again.isPending} onClick={() => again.mutate()}>{t('audit.check_again')}</Button>
	);
	if (check.state === 'broken') {
		return (
			<Alert isInline variant="danger" component="p" title={t('audit.broken', { row: check.bad_row ?? 0 })} actionLinks={button}>
				<p>{t('audit.broken_words', { count: check.rows, reason: check.words ?? '' })}</p>
			</Alert>
		);
	}
	return (
		<p className="pomona-row" role="status" data-trail={check.state}>
			{check.state === 'whole' && <CheckCircleIcon className="pomona-good" />}
			<span>{check.state === 'whole' && check.checked_at ? t('audit.whole', { when: timeExact(check.checked_at), count: check.rows }) : t('audit.checking')}</span>
			{button}
		</p>
	);
}
