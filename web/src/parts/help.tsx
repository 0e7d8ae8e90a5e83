// Help, in the same place on every page (WCAG 3.2.6).
import { useState } from 'react';
import { Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import HelpIcon from '@patternfly/react-icons/dist/esm/icons/outlined-question-circle-icon';
import { useLocation } from 'wouter';
import { t, type TextKey } from '../lib/i18n';
import { showShortcuts } from './shortcuts';

const PAGES: [string, TextKey][] = [
	['/setting/apple-errors', 'error.title'], ['/about/accessibility', 'about.accessibility'], ['/about/licences', 'about.licences'], ['/about', 'about.title'],
];

export function Help() {
	const [, go] = useLocation();
	const [open, setOpen] = useState(false);
	return (
		<Dropdown isOpen={open} onOpenChange={setOpen} onSelect={() => setOpen(false)} popperProps={{ position: 'end', appendTo: 'inline' }}
			toggle={(ref) => <MenuToggle ref={ref} variant="plain" icon={<HelpIcon />} isExpanded={open} onClick={() => setOpen(!open)} aria-label={t('menu.help')} />}>
			<DropdownList>
				<DropdownItem onClick={showShortcuts}>{t('menu.shortcuts')}</DropdownItem>
				{PAGES.map(([to, key]) => <DropdownItem key={to} onClick={() => go(to)}>{t(key)}</DropdownItem>)}
			</DropdownList>
		</Dropdown>
	);
}
