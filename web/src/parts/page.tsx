// The head of every page: breadcrumb, h1 that takes the focus after a change of page, one primary action at the end.
import { useEffect, useRef, type ReactNode } from 'react';
import { Breadcrumb, BreadcrumbItem, PageSection, Title } from '@patternfly/react-core';
import { Link } from 'wouter';
import { t } from '../lib/i18n';

interface Crumb { text: string; to?: string }

// The first page after loading keeps the browser's focus; later ones take it.
let visited = false;

export function Page({ title, badge, crumbs, actions, intro, children }: {
	title: string; badge?: ReactNode; crumbs?: Crumb[]; actions?: ReactNode; intro?: ReactNode; children: ReactNode;
}) {
	const head = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		document.title = t('app.title', { page: title });
	}, [title]);
	useEffect(() => {
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
