// The head of every page: breadcrumb, h1 that takes the focus after a change of page, one primary action at the end.
import { useEffect, useLayoutEffect, useRef, type ReactNode } from 'react';
import { Breadcrumb, BreadcrumbItem, PageSection, Title } from '@patternfly/react-core';
import { Link } from 'wouter';
import { useRunningJobs } from '../lib/events';
import { t } from '../lib/i18n';
import { useSession } from '../lib/session';

interface Crumb { text: string; to?: string }

// The first page after loading keeps the browser's focus; later ones take it.
let visited = false;

/** Of the newest job that I asked for and that runs, in per cent. */
function useMyProgress(): number | null {
	const me = useSession()?.admin?.name;
	const job = useRunningJobs().find((one) => one.asked_by === me && one.total > 0);
	return job ? Math.floor(((job.done + job.failed + job.skipped) * 100) / job.total) : null;
}

export function Page({ title, badge, crumbs, actions, intro, children }: {
	title: string; badge?: ReactNode; crumbs?: Crumb[]; actions?: ReactNode; intro?: ReactNode; children: ReactNode;
}) {
	const head = useRef<HTMLHeadingElement>(null);
	const percent = useMyProgress();
	useEffect(() => {
		const page = t('app.title', { page: title });
		document.title = percent === null ? page : t('app.title_progress', { percent, title: page });
	}, [title, percent]);
	// With the page, not after it: a key pressed in between would lose its place.
	useLayoutEffect(() => {
		if (visited) head.current?.focus();
		visited = true;
	}, []);
	return (
		<PageSection hasBodyWrapper={false} className="pomona-stack">
			{crumbs && (
				<Breadcrumb>
					{crumbs.map((one) => (
						<BreadcrumbItem key={one.text} render={one.to ? ({ className }) => <Link className={className} to={one.to ?? ''}>{one.text}</Link> : undefined}>
							{one.to ? undefined : one.text}
						</BreadcrumbItem>
					))}
					<BreadcrumbItem isActive>{title}</BreadcrumbItem>
				</Breadcrumb>
			)}
			<div className="pomona-head">
				<div className="pomona-head-title">
					<Title headingLevel="h1" size="2xl" tabIndex={-1} ref={head}>{title}</Title>
					{badge}
				</div>
				{actions && <div className="pomona-row">{actions}</div>}
			</div>
			{intro && <p className="pomona-muted pomona-narrow">{intro}</p>}
			{children}
		</PageSection>
	);
}
