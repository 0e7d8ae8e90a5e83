import { t } from '../../lib/i18n';

/** Where one is on the way: the file, what it would change, done. */
export function Steps({ now }: { now: 0 | 1 | 2 }) {
	return (
		<ol className="pomona-way" aria-label={t('import.steps')}>
			{(['import.step_file', 'import.step_look', 'import.step_done'] as const).map((key, place) => (
				<li key={key} aria-current={place === now ? 'step' : undefined} data-past={place < now || undefined}>{t(key)}</li>
			))}
		</ol>
	);
}
