// "Test connection": Apple is asked with the location's token, and nothing is changed.
import { Alert, Button } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { api, body, type Location } from '../../lib/api';
import { t } from '../../lib/i18n';
import { Trouble } from '../../parts/states';

export function TestConnection({ location }: { location: Location }) {
	const test = useMutation({ mutationFn: () => body(api.POST('/api/v1/locations/{id}/test', { params: { path: { id: location.id } } })) });
	const result = test.data;
	const owner = result?.good && !result.ours && result.owner;
	return (
		<>
			<Button variant="secondary" isLoading={test.isPending} isDisabled={test.isPending} onClick={() => test.mutate()}>{t('location.test')}</Button>
			{test.error && <div className="pomona-full"><Trouble error={test.error} level="h3" /></div>}
			{result && !test.isPending && (
				<div className="pomona-full" role="status">
					{result.good
						? <Alert isInline variant={owner ? 'warning' : 'success'} component="h3" title={t('location.test_good', { number: result.took_ms })}>{owner && t('location.test_owner', { name: owner })}</Alert>
						: <Alert isInline variant="danger" component="h3" title={t('location.test_bad')}>{result.words}</Alert>}
				</div>
			)}
		</>
	);
}
