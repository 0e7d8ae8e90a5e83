// What has to be done before the first invitation can be accepted, as the server's own state shows it: nothing is remembered here.
import { useQuery } from '@tanstack/react-query';
import { api, body, type Location, type Smtp } from './api';
import { mdmQuery, peopleCountQuery, smtpQuery, useChosenLocation, useLocations } from './queries';

export type StepKey = 'token' | 'smtp' | 'people' | 'devices' | 'invite' | 'sync' | 'schedule';
export interface FirstStep { key: StepKey; done: boolean; to: string }

/** Can an invitation leave by the channel that was chosen? */
export function canSend(location: Location | undefined, smtp: Smtp, mdmUrl: string | null): boolean {
	if (location?.message_channel === 'notification') return mdmUrl !== null;
	return smtp.host !== null;
}

/** undefined until all of it is known. */
export function useFirstSteps(): FirstStep[] | undefined {
	const { isKnown, location: chosen } = useChosenLocation();
	const locations = useLocations().data?.items;
	const smtp = useQuery(smtpQuery).data;
	const mdm = useQuery(mdmQuery).data;
	const people = useQuery({ ...peopleCountQuery({ location: chosen }), enabled: isKnown });
	const devices = useQuery({
		queryKey: ['devices', 'any'],
		queryFn: ({ signal }) => body(api.GET('/api/v1/devices', { params: { query: { limit: 1 } }, signal })),
	}).data;
	if (!locations || !smtp || !mdm || !devices || people.data === undefined) return undefined;
	const location = locations[0];
	const setting = '/setting/ios/vpp';
	return [
		{ key: 'token', done: location !== undefined, to: setting },
		{ key: 'smtp', done: canSend(location, smtp, mdm.url), to: `${setting}#smtp` },
		{ key: 'people', done: people.data !== 0, to: '/user/import?kind=people' },
		{ key: 'devices', done: devices.items.length > 0, to: '/user/import?kind=devices' },
		{ key: 'sync', done: Boolean(location?.last_sync_at), to: setting },
		{ key: 'schedule', done: location !== undefined && location.schedule.mode !== 'off', to: `${setting}#schedule` },
		{ key: 'invite', done: location !== undefined && location.vpp_users.invited + location.vpp_users.associated > 0, to: '/user?eligible=1&platform=iOS' },
	];
}
