// The frame around every page: skip link, masthead, navigation, main.
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import {
	Badge, Dropdown, DropdownGroup, DropdownItem, DropdownList, Masthead, MastheadBrand, MastheadContent, MastheadMain, MastheadToggle,
	MenuToggle, Nav, NavExpandable, NavItem, NavList, Page, PageSidebar, PageSidebarBody, PageToggleButton, SkipToContent,
} from '@patternfly/react-core';
import BarsIcon from '@patternfly/react-icons/dist/esm/icons/bars-icon';
import UserCircleIcon from '@patternfly/react-icons/dist/esm/icons/user-circle-icon';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { setPaused, useConnection } from '../lib/connection';
import { useRunningJobs } from '../lib/events';
import { t, tMaybe, type TextKey } from '../lib/i18n';
import { setLanguage, type Language } from '../lib/language';
import { useSetPreferences } from '../lib/preferences';
import { findingsCountQuery } from '../lib/queries';
import { mayAct, useSession } from '../lib/session';
import { setTheme, theme, type Theme } from '../lib/theme';
import { useLeaveQuestion } from '../lib/unsaved';
import { Banners } from './banners';
import { Bell } from './bell';
import { Help } from './help';
import { LanguageGroup } from './language_menu';
import { Shortcuts, showShortcuts } from './shortcuts';

const LeaveQuestion = lazy(() => import('./frame_dialogs').then((all) => ({ default: all.LeaveQuestion })));

/** Below this width the navigation covers the page, so it starts closed. */
const narrow = window.matchMedia('(max-width: 1199px)');

function At({ to, children }: { to: string; children: ReactNode }) {
	const [path] = useLocation();
	const here = path === to || path.startsWith(`${to}/`);
	return (
		<NavItem itemId={to} isActive={here}>
			<Link to={to} aria-current={here ? 'page' : undefined}>{children}</Link>
		</NavItem>
	);
}

function Navigation() {
	const [path] = useLocation();
	const session = useSession();
	const running = useRunningJobs().length;
	const findings = useQuery(findingsCountQuery).data ?? 0;
	const inSetting = path.startsWith('/setting');
	const pages: [string, TextKey][] = [
		['/dashboard', 'nav.dashboard'], ['/user', 'nav.user'], ['/device', 'nav.device'], ['/application', 'nav.application'],
	];
	return (
		<Nav aria-label={t('nav.label')}>
			<NavList>
				{pages.map(([to, key]) => <At key={to} to={to}>{t(key)}</At>)}
				<At to="/job">
					{t('nav.job')}{running > 0 && <>&nbsp;<Badge screenReaderText={t('nav.jobs_running', { count: running })}>{running}</Badge></>}
				</At>
				<At to="/finding">
					{t('finding.title')}{findings > 0 && <>&nbsp;<Badge isRead screenReaderText={t('dashboard.findings', { count: findings })}>{findings}</Badge></>}
				</At>
				<At to="/history">{t('nav.history')}</At>
				<At to="/audit">{t('nav.audit')}</At>
				<NavExpandable title={t('nav.setting')} isActive={inSetting} isExpanded srText={t('nav.setting')}>
					<NavExpandable title={t('nav.ios')} isActive={path.startsWith('/setting/ios')} isExpanded srText={t('nav.ios')}>
						<At to="/setting/ios/vpp">{t('nav.vpp')}</At>
					</NavExpandable>
					<At to="/setting/apple-errors">{t('error.title')}</At>
					{mayAct(session, 'owner') && <At to="/setting/administrators">{t('nav.admins')}</At>}
					{mayAct(session, 'owner') && <At to="/setting/api-tokens">{t('nav.tokens')}</At>}
				</NavExpandable>
			</NavList>
		</Nav>
	);
}

function UserMenu({ onSignOut }: { onSignOut: () => void }) {
	const session = useSession();
	const [, go] = useLocation();
	const [open, setOpen] = useState(false);
	const [now, setNow] = useState<Theme>(theme());
	const { paused } = useConnection();
	const setPreferences = useSetPreferences();
	const choose = (next: Theme) => {
		setTheme(next);
		setNow(next);
		setPreferences({ theme: next });
	};
	const chooseLanguage = (language: Language) => {
		setPreferences({ language });
		void setLanguage(language);
	};
	const themes: [Theme, TextKey][] = [['light', 'menu.light'], ['dark', 'menu.dark'], ['system', 'menu.system']];
	const name = session?.admin?.name ?? '';
	return (
		<Dropdown isOpen={open} onOpenChange={setOpen} onSelect={() => setOpen(false)} popperProps={{ position: 'end', appendTo: 'inline' }}
			toggle={(ref) => (
				<MenuToggle ref={ref} variant="plainText" icon={<UserCircleIcon />} isExpanded={open} onClick={() => setOpen(!open)} aria-label={t('menu.user', { name })}>
					<span className="pomona-wide-only">{name}</span>
				</MenuToggle>
			)}>
			<DropdownGroup label={`${name} – ${tMaybe(`role.${session?.admin?.role ?? ''}`, '')}`}>
				<DropdownList>
					<DropdownItem onClick={() => setPaused(!paused)}>{t(paused ? 'menu.resume' : 'menu.pause')}</DropdownItem>
					<DropdownItem onClick={showShortcuts}>{t('menu.shortcuts')}</DropdownItem>
					<DropdownItem onClick={() => go('/account')}>{t('account.title')}</DropdownItem>
					<DropdownItem onClick={onSignOut}>{t('menu.sign_out')}</DropdownItem>
				</DropdownList>
			</DropdownGroup>
			<DropdownGroup label={t('menu.theme')}>
				<DropdownList>
					{themes.map(([one, key]) => <DropdownItem key={one} isSelected={now === one} onClick={() => choose(one)}>{t(key)}</DropdownItem>)}
				</DropdownList>
			</DropdownGroup>
			<LanguageGroup onChoose={chooseLanguage} />
		</Dropdown>
	);
}

export function Brand() {
	return <span className="pomona-brand"><img src="/favicon.svg" alt="" />{t('app.name')}</span>;
}

export function Frame({ children, onSignOut }: { children: ReactNode; onSignOut: () => void }) {
	const [path] = useLocation();
	const question = useLeaveQuestion();
	const [open, setOpen] = useState(() => !narrow.matches);
	useEffect(() => {
		if (narrow.matches) setOpen(false); // the chosen page, not the navigation, is what is wanted now
	}, [path]);
	const masthead = (
		<Masthead display={{ default: 'inline' }}>
			<MastheadMain>
				<MastheadToggle><PageToggleButton variant="plain" aria-label={t('nav.toggle')} isSidebarOpen={open} onSidebarToggle={() => setOpen(!open)}><BarsIcon /></PageToggleButton></MastheadToggle>
				<MastheadBrand><Link to="/dashboard" className="pomona-brand"><Brand /></Link></MastheadBrand>
			</MastheadMain>
			<MastheadContent><div className="pomona-masthead-end"><Bell /><Help /><UserMenu onSignOut={onSignOut} /></div></MastheadContent>
		</Masthead>
	);
	const sidebar = <PageSidebar isSidebarOpen={open}><PageSidebarBody><Navigation /></PageSidebarBody></PageSidebar>;
	return (
		<Page masthead={masthead} sidebar={sidebar}  mainContainerId="main" isContentFilled
			skipToContent={<SkipToContent href="#main">{t('app.skip')}</SkipToContent>}>
			<Banners />
			{children}
			{question && <Suspense><LeaveQuestion names={question} /></Suspense>}
			<Shortcuts />
		</Page>
	);
}
