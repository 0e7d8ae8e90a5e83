// The plan of a sync: what would change at Apple and here, group by group and person by person, and the OK for all or a part.
import { useMemo, useRef, useState } from 'react';
import { Alert, Button, Checkbox, ExpandableSection } from '@patternfly/react-core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body, newKey, type Item, type Job } from '../../lib/api';
import { askedJob } from '../../lib/events';
import { digitsOf, formatNumber, t, tMaybe } from '../../lib/i18n';
import { plannedByKind, useResults } from '../../lib/job_results';
import { applyBody, chosenOf, isRowIn, mayChooseRow, RETIRES_TYPED, wholePlan, withKind, withRow, type PlanPart } from '../../lib/plan_part';
import { useMay } from '../../lib/session';
import { ActButton } from '../../parts/act_button';
import { Panel, ReadPanel } from '../../parts/card';
import { Field } from '../../parts/field';
import { Loading, Trouble } from '../../parts/states';
import { useSays } from '../../parts/toasts';

const PAGE = 100;
const AT_APPLE = ['update', 'retire', 'create', 'message'];
const ORDER = [...AT_APPLE, 'note_associated', 'note_registered', 'note_retired', 'note_missing', 'note_found', 'adopt', 'foreign', 'look'];

function useRows(job: number, kind: string) {
	return useInfiniteQuery({
		queryKey: ['items', job, 'plan', kind],
		queryFn: ({ pageParam, signal }) => body(api.GET('/api/v1/jobs/{id}/items', {
			params: { path: { id: job }, query: { state: 'planned', kind: kind as Item['kind'], limit: PAGE, after: pageParam } }, signal,
		})),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (last) => last.next ?? undefined,
	});
}

interface GroupProps { job: number; kind: string; count: number; part: PlanPart; setPart: (next: PlanPart) => void; mayChoose: boolean }

function Row({ item, kind, part, setPart, mayChoose }: Omit<GroupProps, 'job' | 'count'> & { item: Item }) {
	const who = item.person?.display_name ?? t('plan.nobody');
	const words = [item.detail, item.reason].filter(Boolean).join('. ');
	return (
		<li className="pomona-plan-row">
			{mayChoose && (
				<label className="pomona-check">
					<input type="checkbox" aria-label={t('people.select', { name: who })} checked={isRowIn(part, kind, item.id)} disabled={!mayChooseRow(part, kind)}
						onChange={(event) => setPart(withRow(part, kind, item.id, event.target.checked))} />
				</label>
			)}
			<span className="pomona-wrap">{item.person ? <Link to={`/user/${item.person.id}`}>{who}</Link> : who}{words && <span className="pomona-muted"> – {words}</span>}</span>
		</li>
	);
}

function RowList(props: GroupProps) {
	const rows = useRows(props.job, props.kind);
	if (rows.isPending) return <Loading label={t('state.loading')} rows={3} />;
	if (rows.error && !rows.data) return <Trouble error={rows.error} again={() => void rows.refetch()} level="h3" />;
	return (
		<>
			{!mayChooseRow(props.part, props.kind) && props.mayChoose && <p className="pomona-muted pomona-small">{t('plan.rows_or_kinds')}</p>}
			<ul className="pomona-plain pomona-tight">
				{rows.data.pages.flatMap((page) => page.items).map((item) => <Row key={item.id} item={item} {...props} />)}
			</ul>
			{rows.hasNextPage && <Button variant="link" isInline isLoading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>{t('plan.more')}</Button>}
		</>
	);
}

function Group(props: GroupProps) {
	const { kind, count, part, setPart, mayChoose } = props;
	const [open, setOpen] = useState(false);
	const title = tMaybe(`plan.${kind}`, kind);
	const chosen = chosenOf(part, kind, count);
	return (
		<div className="pomona-plan-group" data-kind={kind}>
			<div className="pomona-head">
				{mayChoose
					? <Checkbox id={`kind-${kind}`} label={title} isChecked={chosen === count ? true : chosen === 0 ? false : null} onChange={(_event, on) => setPart(withKind(part, kind, on))} description={tMaybe(`plan.help.${kind}`, '')} />
					: <div><strong>{title}</strong><div className="pomona-muted pomona-small">{tMaybe(`plan.help.${kind}`, '')}</div></div>}
				<span className="pomona-big">{chosen === count ? formatNumber(count) : t('plan.some_of', { some: chosen, all: count })}</span>
			</div>
			<ExpandableSection toggleText={t(open ? 'plan.hide_rows' : 'plan.show_rows', { title })} isExpanded={open} onToggle={(_event, next) => setOpen(next)}>
				{open && <RowList {...props} />}
			</ExpandableSection>
		</div>
	);
}

function Confirm({ job, part, kinds, counts }: { job: Job; part: PlanPart; kinds: string[]; counts: ReadonlyMap<string, number> }) {
	const client = useQueryClient();
	const { announce } = useSays();
	const [typed, setTyped] = useState('');
	const sum = (of: string[]) => of.reduce((all, kind) => all + chosenOf(part, kind, counts.get(kind) ?? 0), 0);
	const chosen = sum(kinds);
	const all = kinds.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0);
	const retires = sum(['retire']);
	const request = applyBody(part, kinds);
	// Pressed twice it is one request; another choice is another.
	const keys = useRef(new Map<string, string>());
	const keyOf = (wish: string) => {
		const key = keys.current.get(wish) ?? newKey();
		keys.current.set(wish, key);
		return key;
	};
	const apply = useMutation({
		mutationFn: async () => (await body(api.POST('/api/v1/jobs/{id}/apply', { params: { path: { id: job.id }, header: { 'Idempotency-Key': keyOf(JSON.stringify(request ?? null)) } }, body: request }))).job,
		onSuccess: (now) => {
			askedJob(now);
			announce(t('job.said_apply'));
			void client.invalidateQueries({ queryKey: ['items', job.id] });
		},
	});
	const mustType = retires >= RETIRES_TYPED;
	const ready = chosen > 0 && (!mustType || digitsOf(typed) === String(retires));
	return (
		<>
			{mustType && <Field id="typed" label={t('plan.type_retire', { count: retires, number: formatNumber(retires) })} value={typed} onChange={setTyped} inputMode="numeric" autoComplete="off" />}
			{apply.error && <Trouble error={apply.error} level="h3" />}
			<div className="pomona-row">
				<ActButton variant={retires > 0 ? 'danger' : 'primary'} isDisabled={!ready || apply.isPending} isLoading={apply.isPending} onClick={() => apply.mutate()}>
					{chosen === all ? t('job.apply') : t('plan.apply_some', { some: chosen, all })}
				</ActButton>
				{chosen === 0 && <span className="pomona-muted">{t('plan.choose_something')}</span>}
				{chosen > 0 && chosen < all && <span className="pomona-muted pomona-small">{t('plan.rest_later')}</span>}
			</div>
		</>
	);
}

function Choice({ job, counts }: { job: Job; counts: ReadonlyMap<string, number> }) {
	const kinds = useMemo(() => [...counts.keys()].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)), [counts]);
	const [part, setPart] = useState(() => wholePlan(kinds));
	const mayApply = useMay('operator');
	const groups = (of: string[]) => of.map((kind) => <Group key={kind} job={job.id} kind={kind} count={counts.get(kind) ?? 0} part={part} setPart={setPart} mayChoose={mayApply && kinds.length + (counts.get(kind) ?? 0) > 2} />);
	const atApple = kinds.filter((kind) => AT_APPLE.includes(kind));
	const here = kinds.filter((kind) => !AT_APPLE.includes(kind));
	return (
		<>
			{job.wait.reason && <Alert isInline variant="warning" component="p" title={t('plan.brake')}>{job.wait.reason}</Alert>}
			<p>{t('job.planned_words')}</p>
			{atApple.length > 0 && <section className="pomona-stack" aria-label={t('plan.at_apple')}><h3 className="pomona-label">{t('plan.at_apple')}</h3>{groups(atApple)}</section>}
			{here.length > 0 && <section className="pomona-stack" aria-label={t('plan.here')}><h3 className="pomona-label">{t('plan.here')}</h3>{groups(here)}</section>}
			{job.skipped > 0 && <p className="pomona-muted">{t('plan.alone', { count: job.skipped })}</p>}
			{mayApply && <Confirm job={job} part={part} kinds={kinds} counts={counts} />}
		</>
	);
}

export function PlanPanel({ job }: { job: Job }) {
	const read = useResults(job);
	const counts = useMemo(() => plannedByKind(read.data ?? []), [read.data]);
	if (read.data && counts.size === 0) return <Panel title={t('sync.plan')}><p>{t('sync.nothing')}</p></Panel>;
	return <ReadPanel title={t('sync.plan')} read={read}>{() => <Choice key={[...counts].join()} job={job} counts={counts} />}</ReadPanel>;
}
