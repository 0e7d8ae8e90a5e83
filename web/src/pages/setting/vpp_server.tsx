// Setting > iOS > VPP Server Setting.
import { useState } from 'react';
import { Button, FormSelect, FormSelectOption } from '@patternfly/react-core';
import { useQueryState } from '../../lib/address';
import { t } from '../../lib/i18n';
import { useLocations } from '../../lib/queries';
import { useMay } from '../../lib/session';
import { Panel } from '../../parts/card';
import { JobStrips } from '../../parts/job_strip';
import { Page } from '../../parts/page';
import { Empty, Loading, Trouble } from '../../parts/states';
import { ChannelPanel, LocationPanel, ModePanel } from './location';
import { MdmPanel, SmtpPanel } from './messages';
import { SchedulePanel } from './schedule';
import { TokenUpload } from './token';

export default function VppServerSetting() {
	const [query, change] = useQueryState();
	const locations = useLocations();
	const mayChange = useMay('admin');
	const [adding, setAdding] = useState(false);
	const items = locations.data?.items ?? [];
	const now = items.find((one) => String(one.id) === query.location) ?? items[0];
	const choice = items.length > 1 && (
		<FormSelect className="pomona-auto" aria-label={t('people.location')} value={now?.id} onChange={(_event, id) => change({ location: id })}>
			{items.map((one) => <FormSelectOption key={one.id} value={one.id} label={one.name} />)}
		</FormSelect>
	);
	return (
		<Page title={t('nav.vpp')} crumbs={[{ text: t('nav.setting') }, { text: t('nav.ios') }]} intro={t('setting.vpp_intro')}
			actions={now && mayChange && <>{choice}<Button variant="secondary" onClick={() => setAdding(!adding)} aria-expanded={adding}>{t('setting.add_location')}</Button></>}>
			<JobStrips />
			{locations.error && <Trouble error={locations.error} again={() => void locations.refetch()} />}
			{locations.isPending && <Loading label={t('state.loading')} />}
			{locations.data && (!now || adding) && (
				<Panel title={t('token.title')}>
					{!now && <p>{t('token.first')}</p>}
					{mayChange ? <TokenUpload onDone={(location) => { setAdding(false); change({ location: String(location.id) }); }} /> : <Empty title={t('vpp.role_admin')} level="h3" />}
				</Panel>
			)}
			{now && (
				<div className="pomona-panels" key={now.id}>
					<div className="pomona-side">
						<LocationPanel location={now} onSync={() => undefined} />
						<ChannelPanel location={now} />
						<ModePanel location={now} />
					</div>
					<div className="pomona-side">
						<SchedulePanel location={now} />
						<MdmPanel />
					</div>
				</div>
			)}
			{locations.data && <SmtpPanel />}
			{locations.data && !now && <MdmPanel />}
		</Page>
	);
}
