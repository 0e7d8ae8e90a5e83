// The licences of the portal and of everything in it, as the build gathered them (licences.txt).
import { useQuery } from '@tanstack/react-query';
import { t } from '../../lib/i18n';
import { Problem } from '../../lib/problem';
import { Page } from '../../parts/page';
import { Loading, ReadTrouble } from '../../parts/states';

interface Part { names: string[]; text: string }

async function read(signal: AbortSignal): Promise<Part[]> {
	const answer = await fetch('/licences.txt', { signal });
	if (!answer.ok) throw new Problem(answer.status, {});
	return (await answer.text()).split(/\n-{80}\n/).map((part) => {
		const end = part.indexOf('\n\n');
		return { names: part.slice(0, end).trim().split('\n'), text: part.slice(end).trim() };
	});
}

export default function LicencesPage() {
	const list = useQuery({ queryKey: ['licences.txt'], queryFn: ({ signal }) => read(signal), staleTime: Infinity });
	return (
		<Page title={t('about.licences')} crumbs={[{ text: t('about.title'), to: '/about' }]} intro={t('about.licences_words')}>
			<ReadTrouble read={list} />
			{list.isPending && <Loading label={t('state.loading')} />}
			<div className="pomona-stack" translate="no">
				{list.data?.map((part) => (
					<details key={part.names[0]} className="pomona-licence">
						<summary>{part.names.map((name) => <span key={name}>{name}</span>)}</summary>
						<pre className="pomona-dialogue" tabIndex={0} aria-label={part.names[0]}>{part.text}</pre>
					</details>
				))}
			</div>
			<p><a href="/licences.txt">{t('about.licences_file')}</a></p>
		</Page>
	);
}
