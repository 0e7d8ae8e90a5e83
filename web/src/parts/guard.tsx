// Keeps the frame standing when a page fails: an old tab after an upgrade, or a fault of ours.
import { Component, type ReactNode } from 'react';
import { PageSection, Button } from '@patternfly/react-core';
import { t } from '../lib/i18n';
import { Empty, Trouble } from './states';

export class Guard extends Component<{ children: ReactNode }, { error: unknown }> {
	override state = { error: null as unknown };

	static getDerivedStateFromError(error: unknown) {
		return { error };
	}

	override render() {
		const { error } = this.state;
		if (error === null) return this.props.children;
		const updated = error instanceof TypeError && /import|module/i.test(error.message);
		return (
			<PageSection hasBodyWrapper={false}>
				{updated
					? <Empty title={t('guard.updated')} actions={<Button onClick={() => window.location.reload()}>{t('guard.reload')}</Button>} />
					: <Trouble error={error} again={() => window.location.reload()} />}
			</PageSection>
		);
	}
}
