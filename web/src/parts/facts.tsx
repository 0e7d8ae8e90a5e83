import type { ReactNode } from 'react';
import { DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm } from '@patternfly/react-core';

/** Terms and what is said of each. */
export function Facts({ rows }: { rows: [string, ReactNode][] }) {
	return (
		<DescriptionList isCompact isHorizontal horizontalTermWidthModifier={{ default: '12ch', md: '18ch' }}>
			{rows.map(([term, words]) => (
				<DescriptionListGroup key={term}>
					<DescriptionListTerm>{term}</DescriptionListTerm>
					<DescriptionListDescription className="pomona-wrap">{words}</DescriptionListDescription>
				</DescriptionListGroup>
			))}
		</DescriptionList>
	);
}
