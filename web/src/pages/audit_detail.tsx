// What an entry of the trail says beside who and what: what was before and after, where something was changed; else each of its facts.
import type { AuditEntry } from '../lib/api';
import { t, tMaybe } from '../lib/i18n';
import { Facts } from '../parts/facts';

type Facts_ = Record<string, unknown>;

function words(value: unknown): string {
	if (value === null || value === undefined || value === '') return '–';
	if (typeof value === 'boolean') return value ? t('audit.yes') : t('audit.no');
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function nameOf(member: string): string {
	return tMaybe(`import.field.${member}`, member.replaceAll('_', ' '));
}

function isFacts(value: unknown): value is Facts_ {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function Change({ before, after }: { before: Facts_; after: Facts_ }) {
	const members = [...new Set([...Object.keys(before), ...Object.keys(after)])];
	return (
		<table className="pomona-table pomona-change">
			<caption className="pf-v6-screen-reader">{t('audit.changed')}</caption>
			<thead><tr><th scope="col">{t('audit.member')}</th><th scope="col">{t('audit.before')}</th><th scope="col">{t('audit.after')}</th></tr></thead>
			<tbody>
				{members.map((member) => {
					const secret = !(member in before) && after[member] === 'changed';
					return (
						<tr key={member}>
							<th scope="row">{nameOf(member)}</th>
							<td className="pomona-wrap" data-label={t('audit.before')}>{secret ? t('audit.secret') : words(before[member])}</td>
							<td className="pomona-wrap" data-label={t('audit.after')}>{secret ? t('audit.secret_changed') : words(after[member])}</td>
						</tr>
					);
				})}
			</tbody>
		</table>
	);
}

export function Detail({ entry }: { entry: AuditEntry }) {
	const { before, after, ...rest } = entry.detail ?? {};
	const changed = isFacts(before) && isFacts(after);
	const facts = Object.entries(changed ? rest : entry.detail ?? {});
	return (
		<div className="pomona-stack">
			{changed && <Change before={before} after={after} />}
			<Facts rows={[
				...facts.map(([name, value]): [string, React.ReactNode] => [nameOf(name), <span key={name} className="pomona-mono">{words(value)}</span>]),
				[t('audit.act'), <span key="a" className="pomona-mono">{entry.act}</span>], [t('audit.number'), String(entry.id)],
			]} />
		</div>
	);
}
