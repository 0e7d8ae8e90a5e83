// Where things stand, what is missing, and the button for each.
import { FormSelect, FormSelectOption } from '@patternfly/react-core';
import { useQueryState } from '../../lib/address';
import { t } from '../../lib/i18n';
import { useLocations } from '../../lib/queries';
import { useMay } from '../../lib/session';
import { JobStrips } from '../../parts/job_strip';
import { Page } from '../../parts/page';
import { Loading, Trouble } from '../../parts/states';
import { Checklist } from './checklist';
import { Acceptance, Licences, VppUsers } from './numbers';
import { JobsCard, ProblemsCard, SyncCard, TokenCard } from './work';

export default function Dashboard() {
	const [query, change] = useQueryState();
	const locations = useLocations();
	const mayChange = useMay('operator');
	const items = locations.data?.items ?? [];
	const many = items.length > 1;
	const now = items.find((one) => String(one.id) === query.location) ?? items[0];
	const choice = many && (
		<FormSelect className="pomona-auto" aria-label={t('people.location')} value={now?.id} onChange={(_event, id) => change({ location: id })}>
			{items.map((one) => <FormSelectOption key={one.id} value={one.id} label={one.name} />)}
		</FormSelect>
	);
	return (
		<Page title={t('nav.dashboard')} actions={choice}>
			<JobStrips />
			{locations.error && <Trouble error={locations.error} again={() => void locations.refetch()} />}
			{mayChange && <Checklist />}
			<div className="pomona-cards">
				<ProblemsCard />
				{locations.isPending && <Loading label={t('state.loading')} rows={4} />}
				{locations.data && <VppUsers location={now} isOneOfMany={many} isKnown />}
				{now && <SyncCard location={now} />}
				{now && <Acceptance location={many ? now.id : undefined} />}
				{now && <Licences location={now} />}
				<div className="pomona-stack">
					{now && <TokenCard location={now} />}
					<JobsCard />
				</div>
			</div>
		</Page>
	);
}
