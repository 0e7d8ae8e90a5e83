import './lib/theme';
import '@patternfly/react-core/dist/styles/base.css';
import './portal.css';
import './lists.css';
import { lazy, StrictMode, Suspense, useEffect, useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { PageSection } from '@patternfly/react-core';
import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query';
import { Redirect, Route, Router, Switch } from 'wouter';
import { api, setCsrf, whenSignedOut, type Session } from './lib/api';
import { startEvents } from './lib/events';
import { t } from './lib/i18n';
import { setLanguage, startLanguage, useLanguage } from './lib/language';
import { usePreferences } from './lib/preferences';
import { asProblem } from './lib/problem';
import { sessionQuery } from './lib/queries';
import { SessionContext } from './lib/session';
import { tellTabs } from './lib/session_news';
import { setTheme, theme } from './lib/theme';
import { useAskedLocation } from './lib/unsaved';
import { fetchTheRest } from './lib/whole';
import { Frame } from './parts/frame';
import { Guard } from './parts/guard';
import { SessionWatch } from './parts/session_watch';
import { Loading, Trouble } from './parts/states';
import { ToastRoot } from './parts/toasts';

// Three files to load, not one for each page: many small ones cost more in requests than they save in bytes.
const daily = () => import('./pages/daily');
const detail = () => import('./pages/detail');
const seldom = () => import('./pages/seldom');
const SetUp = lazy(() => import('./pages/entry').then((pages) => ({ default: pages.SetUp })));
const SignIn = lazy(() => import('./pages/entry').then((pages) => ({ default: pages.SignIn })));
const Dashboard = lazy(() => daily().then((pages) => ({ default: pages.Dashboard })));
const Jobs = lazy(() => detail().then((pages) => ({ default: pages.Jobs })));
const JobPage = lazy(() => detail().then((pages) => ({ default: pages.JobPage })));
const Missing = lazy(() => daily().then((pages) => ({ default: pages.Missing })));
const People = lazy(() => daily().then((pages) => ({ default: pages.People })));
const PersonPage = lazy(() => detail().then((pages) => ({ default: pages.PersonPage })));
const Account = lazy(() => seldom().then((pages) => ({ default: pages.Account })));
const AppleErrors = lazy(() => seldom().then((pages) => ({ default: pages.AppleErrors })));
const Administrators = lazy(() => seldom().then((pages) => ({ default: pages.Administrators })));
const ApiTokens = lazy(() => seldom().then((pages) => ({ default: pages.ApiTokens })));
const Applications = lazy(() => seldom().then((pages) => ({ default: pages.Applications })));
const ApplicationPage = lazy(() => seldom().then((pages) => ({ default: pages.ApplicationPage })));
const Findings = lazy(() => import('./pages/finding/findings'));
const Audit = lazy(() => seldom().then((pages) => ({ default: pages.Audit })));
const Devices = lazy(() => seldom().then((pages) => ({ default: pages.Devices })));
const History = lazy(() => seldom().then((pages) => ({ default: pages.History })));
const ImportPage = lazy(() => seldom().then((pages) => ({ default: pages.ImportPage })));
const Wizard = lazy(() => seldom().then((pages) => ({ default: pages.Wizard })));
const About = lazy(() => seldom().then((pages) => ({ default: pages.About })));
const Accessibility = lazy(() => seldom().then((pages) => ({ default: pages.Accessibility })));
const LicencesPage = lazy(() => seldom().then((pages) => ({ default: pages.LicencesPage })));
const VppSetting = lazy(() => seldom().then((pages) => ({ default: pages.VppSetting })));

const queries = new QueryClient({
	defaultOptions: {
		queries: {
			staleTime: 5000,
			refetchOnWindowFocus: true,
			networkMode: 'always', // we find out ourselves; a wish that waited for a connection would surprise
			// A refusal stays a refusal; only silence and a busy server are asked once more.
			retry: (count, error) => count < 1 && [0, 429, 503].includes(asProblem(error).status),
		},
		mutations: { networkMode: 'always' },
	},
});

function Pages() {
	return (
		<Switch>
			<Route path="/"><Redirect to="/dashboard" replace /></Route>
			<Route path="/dashboard"><Dashboard /></Route>
			<Route path="/user"><People /></Route>
			<Route path="/user/import"><ImportPage /></Route>
			<Route path="/user/import/:id">{({ id }) => <ImportPage id={Number(id)} />}</Route>
			<Route path="/user/:id">{({ id }) => <PersonPage key={id} id={Number(id)} />}</Route>
			<Route path="/device"><Devices /></Route>
			<Route path="/application"><Applications /></Route>
			<Route path="/application/:id">{({ id }) => <ApplicationPage key={id} adamId={id} />}</Route>
			<Route path="/job"><Jobs /></Route>
			<Route path="/job/:id">{({ id }) => <JobPage key={id} id={Number(id)} />}</Route>
			<Route path="/history"><History /></Route>
			<Route path="/finding"><Findings /></Route>
			<Route path="/audit"><Audit /></Route>
			<Route path="/setup"><Wizard /></Route>
			<Route path="/setup/:step">{({ step }) => <Wizard step={step} />}</Route>
			<Route path="/setting"><Redirect to="/setting/ios/vpp" replace /></Route>
			<Route path="/setting/ios"><Redirect to="/setting/ios/vpp" replace /></Route>
			<Route path="/setting/ios/vpp"><VppSetting /></Route>
			<Route path="/setting/apple-errors"><AppleErrors /></Route>
			<Route path="/account"><Account /></Route>
			<Route path="/setting/administrators"><Administrators /></Route>
			<Route path="/setting/api-tokens"><ApiTokens /></Route>
			<Route path="/about"><About /></Route>
			<Route path="/about/accessibility"><Accessibility /></Route>
			<Route path="/about/licences"><LicencesPage /></Route>
			<Route><Missing /></Route>
		</Switch>
	);
}

function SignedIn({ session, isOver, onSession }: { session: Session; isOver: boolean; onSession: (next: Session) => void }) {
	const client = useQueryClient();
	const [refused, setEnded] = useState(false);
	const ended = refused || isOver;
	useEffect(() => whenSignedOut(() => setEnded(true)), []);
	useEffect(fetchTheRest, []);
	const [known, setKnown] = useState(session.csrf_token);
	useEffect(() => {
		if (known === session.csrf_token) return;
		setKnown(session.csrf_token); // signed in again, here or in another tab
		setEnded(false);
		void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
	}, [client, known, session.csrf_token]);
	const { language, theme: colours } = usePreferences() ?? {};
	useEffect(() => { if (language) void setLanguage(language); }, [language]);
	useEffect(() => { if (colours && colours !== theme()) setTheme(colours); }, [colours]);
	useEffect(() => (ended ? undefined : startEvents(client)), [client, ended]);
	const signOut = async () => {
		try {
			await api.DELETE('/api/v1/session', {});
			tellTabs();
		} finally {
			window.location.assign('/');
		}
	};
	return (
		<SessionContext.Provider value={session}>
			<Frame onSignOut={() => void signOut()}>
				<Guard>
					<Suspense fallback={<PageSection hasBodyWrapper={false}><Loading label={t('state.loading')} /></PageSection>}><Pages /></Suspense>
				</Guard>
			</Frame>
			<SessionWatch name={session.admin?.name} isOver={ended} onSession={onSession} onSignOut={() => void signOut()} />
		</SessionContext.Provider>
	);
}

function App(): ReactNode {
	const client = useQueryClient();
	const { data, error, refetch } = useQuery(sessionQuery);
	// Whoever was signed in keeps the page when the session ends: the question comes over it.
	const [last, setLast] = useState<Session | null>(null);
	if (data?.signed_in && data !== last) setLast(data);
	if (error && !data) return <div className="pomona-alone"><main><Trouble error={error} again={() => void refetch()} /></main></div>;
	if (!data) return <div className="pomona-alone"><Loading label={t('state.loading')} rows={3} /></div>;
	setCsrf(data.csrf_token);
	const take = (next: Session) => {
		setCsrf(next.csrf_token);
		client.setQueryData(sessionQuery.queryKey, next);
	};
	if (data.setup_needed) {
		return (
			<SetUp onDone={(first) => {
				window.history.replaceState(null, '', '/setup'); // the first owner goes on with the next step
				take(first);
			}} />
		);
	}
	const session = data.signed_in ? data : last;
	if (!session) return <SignIn onDone={take} />;
	return <SignedIn session={session} isOver={!data.signed_in} onSession={take} />;
}

/** Another language draws everything anew. */
function InLanguage() {
	const client = useQueryClient();
	const language = useLanguage();
	useEffect(() => () => void client.invalidateQueries(), [client, language]); // the server's sentences too
	return <ToastRoot key={language}><Suspense><App /></Suspense></ToastRoot>;
}

async function start(root: HTMLElement) {
	try {
		await startLanguage();
	} catch {
		root.textContent = 'Pomona cannot be reached. Check the connection, then load this page again.'; // there are no texts to choose from
		return;
	}
	createRoot(root).render(
		<StrictMode>
			<QueryClientProvider client={queries}><Router hook={useAskedLocation}><InLanguage /></Router></QueryClientProvider>
		</StrictMode>,
	);
}

void start(document.getElementById('root') as HTMLElement);
