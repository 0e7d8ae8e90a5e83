import type { ReactNode } from 'react';
import { Card, CardBody, CardFooter, CardHeader, CardTitle } from '@patternfly/react-core';

/** A titled card with actions at its head and, when it can be saved, a foot. */
export function Panel({ title, actions, foot, children, id }: { title: string; actions?: ReactNode; foot?: ReactNode; children: ReactNode; id?: string }) {
	return (
		<Card id={id} component="section" aria-label={title}>
			<CardHeader actions={actions ? { actions, hasNoOffset: true } : undefined}>
				<CardTitle component="h2">{title}</CardTitle>
			</CardHeader>
			<CardBody className="pomona-stack">{children}</CardBody>
			{foot && <CardFooter className="pomona-row">{foot}</CardFooter>}
		</Card>
	);
}
