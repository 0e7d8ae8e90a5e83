// Audit: who did what, when and from where.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Label } from '@patternfly/react-core';
import { Link } from 'wouter';
import { api, body, type AuditEntry } from '../lib/api';
import { useQueryState, writeQuery } from '../lib/address';
import { dayChoices, sinceOf, untilOf } from '../lib/days';
import { t, tMaybe, type TextKey } from '../lib/i18n';
import { Chips, Filters, type FilterField } from '../parts/filters';
import { Page } from '../parts/page';
import { usePageOf } from '../parts/pager';
import { Rows, type Column, type More } from '../parts/rows';
import { ClearFilters, Empty } from '../parts/states';
import { Views } from '../parts/views';
import { When } from '../parts/when';
import { AuditCheck } from './audit_check';
import { Detail } from './audit_detail';

/** Acts by what they are about, as the API finds them. */
const ACTS: [string, TextKey][] = [
	['vpp_users.', 'audit.acts_vpp'], ['apple.', 'audit.acts_apple'], ['person.', 'nav.user'], ['people.', 'people.export'], ['import.', 'import.title'], ['jobs.', 'nav.job'],
	['finding.', 'finding.title'], ['location.', 'location.title'], ['schedule.', 'schedule.title'], ['settings.', 'nav.setting'], ['session.', 'entry.sign_in'], ['admin.', 'nav.admins'], ['api_token.', 'nav.tokens'],
];
const PLACES: Record<string, string> = { person: '/user', job: '/job', import: '/user/import' };
const NAMES = ['days', 'act', 'result', 'actor', 'target', 'object', 'from', 'to'] as const;
const OBJECTS = ['person', 'location', 'job', 'import', 'admin', 'api_token', 'setting', 'finding', 'asset', 'view'] as const;
const RESULTS = ['ok', 'partial', 'failed', 'refused'] as const;
const COLOR = { ok: 'grey', partial: 'orange', failed: 'red', refused: 'red' } as const;

const none = <span className="pomona-muted">–</span>;

const more: More<AuditEntry> = {
	name: (entry) => tMaybe(`act.${entry.act}`, entry.act),
	show: (entry) => <Detail entry={entry} />,
};

function Target({ target }: { target: AuditEntry['target'] }) {
	const kind = target.kind ? tMaybe(`target.${target.kind}`, target.kind.replaceAll('_', ' ')) : null;
	const text = target.name ?? (target.id ? `${kind ?? ''} ${target.id}` : kind);
	if (!text) return none;
	const place = target.kind && target.id ? PLACES[target.kind] : undefined;
	return <>{place ? <Link to={`${place}/${target.id}`}>{text}</Link> : text}{kind && target.name && <div className="pomona-muted pomona-small">{kind}</div>}</>;
}

function columns(): Column<AuditEntry>[] {
	return [
		{ key: 'when', title: t('audit.when'), width: 15, cell: (entry) => <When at={entry.at} /> },
		{ key: 'who', title: t('audit.who'), width: 20, cell: (entry) => <>{entry.actor.name}<div className="pomona-muted pomona-small">{[tMaybe(`actor.${entry.actor.kind}`, entry.actor.kind), entry.actor.from].filter(Boolean).join(' · ')}</div></> },
		{ key: 'what', title: t('audit.what'), width: 25, cell: (entry) => tMaybe(`act.${entry.act}`, entry.act.replaceAll(/[._]/g, ' ')) },
		{ key: 'result', title: t('audit.result'), width: 15, cell: (entry) => (entry.result === 'ok' ? <span className="pomona-muted">{t('audit.result.ok')}</span> : <Label isCompact variant="outline" color={COLOR[entry.result]}>{t(`audit.result.${entry.result}`)}</Label>) },
		{ key: 'target', title: t('audit.target'), width: 25, cell: (entry) => <Target target={entry.target} /> },
	];
}

function fields(): FilterField[] {
	return [
		{ name: 'days', label: t('audit.when'), choices: dayChoices() },
		{ name: 'act', label: t('audit.what'), choices: ACTS.map(([value, key]) => ({ value, text: t(key) })) },
		{ name: 'object', label: t('audit.target'), choices: OBJECTS.map((value) => ({ value, text: t(`target.${value}`) })) },
		{ name: 'actor', label: t('audit.who') },
		{ name: 'result', label: t('audit.result'), choices: RESULTS.map((value) => ({ value, text: t(`audit.result.${value}`) })), seldom: true },
		{ name: 'target', label: t('audit.target_name'), seldom: true },
		{ name: 'from', label: t('days.from'), type: 'date', seldom: true },
		{ name: 'to', label: t('days.to'), type: 'date', seldom: true },
	];
}

export default function Audit() {
	const [query, change] = useQueryState();
	const { limit, after } = usePageOf(query);
	const filter = { act: query.act, actor: query.actor, target: query.target, target_kind: query.object, result: query.result as AuditEntry['result'] | undefined, since: sinceOf(query.days, query.from), until: untilOf(query.to) };
	const list = useQuery({
		queryKey: ['audit', filter, limit, after],
		queryFn: ({ signal }) => body(api.GET('/api/v1/audit', { params: { query: { ...filter, limit, after } }, signal })),
		placeholderData: keepPreviousData,
	});
	const filtered = NAMES.some((name) => query[name]);
	const clear = () => change(Object.fromEntries([...NAMES, 'after', 'page'].map((name) => [name, undefined])));
	const empty = filtered ? <Empty title={t('audit.no_match')} actions={<ClearFilters onClick={clear} />}>{t('audit.no_match_words')}</Empty> : <Empty title={t('audit.none')} />;
	return (
		<Page title={t('nav.audit')} intro={t('audit.intro')} actions={(
			<>
				<a className="pf-v6-c-button pf-m-link" href={`/api/v1/audit.csv${writeQuery(filter)}`} download>{t('people.export')}</a>
				<a className="pf-v6-c-button pf-m-link" href={`/api/v1/audit.json${writeQuery(filter)}`} download>{t('audit.export_json')}</a>
			</>
		)}>
			<AuditCheck />
			<Views page="audit" label={t('people.presets')} presets={[{ text: t('people.preset_all'), query: {} }, { text: t('days.today'), query: { days: '1' } }, { text: t('audit.acts_vpp'), query: { act: 'vpp_users.' } }, { text: t('entry.sign_in'), query: { act: 'session.' } }, { text: t('audit.result.refused'), query: { result: 'refused' } }]} />
			<div className="pomona-row"><Filters fields={fields()} query={query} change={change} /></div>
			<Chips fields={fields()} query={query} change={change} />
			<Rows label={t('nav.audit')} columns={columns()} list={list} rowKey={(entry) => entry.id} empty={empty} query={query} change={change} more={more} />
		</Page>
	);
}
