import type { ReactNode } from 'react';
import { DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm } from '@patternfly/react-core';

/** Terms and what is said of each. `isWide`: in two columns where there is room. */
export function Facts({ rows, isWide }: { rows: [string, ReactNode][]; isWide?: boolean }) {
	return (
		<DescriptionList isCompact isHorizontal columnModifier={isWide ? { default: '1Col', lg: '2Col' } : undefined} horizontalTermWidthModifier={{ default: '12ch', md: '18ch' }}>
			{rows.map(([term, words]) => (
				<DescriptionListGroup key={term}>
					<DescriptionListTerm>{term}</DescriptionListTerm>
					<DescriptionListDescription className="pomona-wrap">{words}</DescriptionListDescription>
				</DescriptionListGroup>
			))}
		</DescriptionList>
	);
}
