// People by their VPP state now, acceptance over the last days, and licences: the cards with figures.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, type Location } from '../../lib/api';
import { addressOf, nameOf } from '../../lib/assets';
import { formatNumber, t } from '../../lib/i18n';
import { peopleCountQuery } from '../../lib/queries';
import type { components } from '../../lib/schema';
import { ReadPanel } from '../../parts/card';
import { Donut, type Part } from '../../parts/donut';
import { LineChart, type Line } from '../../parts/line_chart';
import { UseBar } from '../../parts/use_bar';

type Day = components['schemas']['StatisticsDay'];

const DAYS = 30;
const SCARCEST = 5;

/** A person may be a VPP user in several locations: the ring is of one. Without a location everybody is none. */
export function VppUsers({ location, isOneOfMany, isKnown }: { location: Location | undefined; isOneOfMany: boolean; isKnown: boolean }) {
	const people = useQuery({ ...peopleCountQuery({ location: location?.id }), enabled: isKnown });
	const sum = (name: keyof Location['vpp_users']) => location?.vpp_users[name] ?? 0;
	const list = (state: string) => `/user?state=${state}${location && isOneOfMany ? `&location=${location.id}` : ''}`;
	return (
		<ReadPanel title={t('dashboard.vpp')} read={people} actions={<Link to="/user">{t('dashboard.to_people')}</Link>}>
			{(total) => {
				const moving = sum('requested') + sum('removing') + sum('checking');
				const rest = Math.max(0, (total ?? 0) - sum('associated') - sum('invited') - sum('registered') - moving);
				const parts: Part[] = [
					{ key: 'associated', text: t('vpp.associated'), value: sum('associated'), color: 'green', to: list('associated') },
					{ key: 'invited', text: t('vpp.invited'), value: sum('invited'), color: 'orange', to: list('invited') },
					{ key: 'registered', text: t('vpp.registered'), value: sum('registered') + moving, color: 'blue', to: list('registered') },
					{ key: 'none', text: t('vpp.none'), value: rest, color: 'grey', to: list('none') },
				];
				return <Donut parts={parts} sentence={t('dashboard.sentence', { associated: sum('associated'), invited: sum('invited'), people: total ?? 0 })} caption={t('dashboard.vpp')} />;
			}}
		</ReadPanel>
	);
}

function acceptanceLines(days: Day[]): Line[] {
	return [
		{ key: 'associated', text: t('vpp.associated'), color: 'green', values: days.map((one) => one.associated) },
		{ key: 'open', text: t('dashboard.not_accepted'), color: 'orange', values: days.map((one) => one.requested + one.registered + one.invited) },
		{ key: 'retired', text: t('vpp.removed'), color: 'grey', values: days.map((one) => one.retired) },
	];
}

export function Acceptance({ location }: { location: number | undefined }) {
	const read = useQuery({
		queryKey: ['statistics', location],
		queryFn: async ({ signal }) => (await body(api.GET('/api/v1/statistics', { params: { query: { days: DAYS, location } }, signal }))).days,
	});
	return (
		<ReadPanel title={t('dashboard.acceptance')} read={read} rows={5} className="pomona-wide">
			{(days) => {
				const first = days[0];
				const last = days.at(-1);
				if (!first || !last) return <p className="pomona-muted">{t('dashboard.acceptance_none')}</p>;
				const sentence = t('dashboard.acceptance_sentence', {
					count: days.length, from: first.associated, to: last.associated, open: last.requested + last.registered + last.invited,
				});
				return (
					<>
						<LineChart days={days.map((one) => one.day)} lines={acceptanceLines(days)} sentence={sentence} caption={t('dashboard.acceptance')} />
						{days.length < 3 && <p className="pomona-muted pomona-small">{t('dashboard.acceptance_young')}</p>}
					</>
				);
			}}
		</ReadPanel>
	);
}

/** The scarcest, and how many licences there are of all together. */
async function readLicences(id: number, signal: AbortSignal) {
	const path = { id };
	const [scarce, numbers] = await Promise.all([
		body(api.GET('/api/v1/locations/{id}/assets', { params: { path, query: { sort: 'scarce', limit: SCARCEST } }, signal })),
		body(api.GET('/api/v1/statistics', { params: { query: { days: 1, location: id } }, signal })),
	]);
	return { rows: scarce.items.filter((one) => (one.total ?? 0) > 0), now: numbers.days.at(-1) };
}

export function Licences({ location }: { location: Location }) {
	const read = useQuery({ queryKey: ['locations', location.id, 'assets'], queryFn: ({ signal }) => readLicences(location.id, signal), staleTime: 60_000 });
	return (
		<ReadPanel title={t('dashboard.licences')} read={read} rows={5} actions={<Link to="/application">{t('dashboard.to_apps')}</Link>}>
			{({ rows, now }) => {
				if (rows.length === 0) return <p className="pomona-muted">{t(location.last_sync_at ? 'dashboard.licences_none' : 'asset.none_words')}</p>;
				return (
					<>
						<p>{t('dashboard.licences_sum', { count: now?.licences_total ?? 0, assigned: now?.licences_assigned ?? 0 })}</p>
						<table className="pomona-use">
							<caption>{t('dashboard.scarcest')}</caption>
							<tbody>
								{rows.map((one) => {
									const name = nameOf(one);
									return (
										<tr key={`${one.adam_id} ${one.pricing_param}`}>
											<th scope="row" className="pomona-wrap"><Link to={addressOf(one, location.id)}>{name}</Link><UseBar used={one.assigned ?? 0} total={one.total ?? 0} label={name} /></th>
											<td>{(one.available ?? 0) > 0 ? t('asset.left', { count: one.available ?? 0 }) : <strong className="pomona-error">{t('asset.none_left')}</strong>}<div className="pomona-muted pomona-small">{t('dashboard.of_total', { total: formatNumber(one.total ?? 0) })}</div></td>
										</tr>
									);
								})}
							</tbody>
						</table>
					</>
				);
			}}
		</ReadPanel>
	);
}
