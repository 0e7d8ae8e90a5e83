// Automatic synchronisation of a location: off, every N hours, or daily at hh:mm on chosen weekdays in a named zone.
import { useState } from 'react';
import { Checkbox, Form, FormGroup, FormSelect, FormSelectOption, FormSelectOptionGroup } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, type Location, type Schedule, type SchedulePut } from '../../lib/api';
import { t } from '../../lib/i18n';
import { fieldProblem } from '../../lib/problem';
import { useMay } from '../../lib/session';
import { browserZone, runInWords, weekdayInWords } from '../../lib/time';
import { dayIn, nextChange, zoneGroups } from '../../lib/zones';
import { Panel, SaveFoot } from '../../parts/card';
import { Choices } from '../../parts/choices';
import { Field } from '../../parts/field';
import { Trouble } from '../../parts/states';
import { useSays } from '../../parts/toasts';
import { When } from '../../parts/when';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Day = typeof DAYS[number];
interface Values { mode: Schedule['mode']; hours: string; at: string; days: Day[]; zone: string; apply: Schedule['apply'] }

function valuesOf(schedule: Schedule): Values {
	return {
		mode: schedule.mode, hours: String(schedule.every_hours ?? 6), at: schedule.at ?? '02:30',
		days: schedule.weekdays.length > 0 ? [...schedule.weekdays] : [...DAYS],
		zone: schedule.mode === 'off' && schedule.time_zone === 'UTC' ? browserZone() : schedule.time_zone, apply: schedule.apply,
	};
}

function toPut(values: Values): SchedulePut {
	switch (values.mode) {
	case 'off': return { mode: 'off' };
	case 'interval': return { mode: 'interval', every_hours: Number(values.hours), time_zone: values.zone, apply: values.apply };
	case 'daily': return { mode: 'daily', at: values.at, weekdays: values.days, time_zone: values.zone, apply: values.apply };
	}
}

/** What is wrong with the values, in words, before the server is asked. */
function wrong(values: Values): { hours?: string; at?: string; days?: string; zone?: string } {
	const hours = Number(values.hours);
	return {
		hours: values.mode === 'interval' && !(Number.isInteger(hours) && hours >= 1 && hours <= 168) ? t('schedule.bad_hours') : undefined,
		at: values.mode === 'daily' && !/^([01]\d|2[0-3]):[0-5]\d$/.test(values.at) ? t('schedule.bad_at') : undefined,
		days: values.mode === 'daily' && values.days.length === 0 ? t('schedule.bad_days') : undefined,
		zone: values.mode !== 'off' && !values.zone.trim() ? t('field.required') : undefined,
	};
}

function Days({ value, onChange, error }: { value: Day[]; onChange: (days: Day[]) => void; error?: string }) {
	return (
		<FormGroup role="group" fieldId="days" label={t('schedule.days')}>
			<div className="pomona-row">
				{DAYS.map((day, number) => (
					<Checkbox key={day} id={`day-${day}`} label={weekdayInWords(number)} isChecked={value.includes(day)}
						onChange={(_event, on) => onChange(DAYS.filter((one) => (one === day ? on : value.includes(one))))} />
				))}
			</div>
			{error && <p role="alert" className="pomona-error">{error}</p>}
		</FormGroup>
	);
}

function ZonePicker({ value, onChange, isDisabled, error }: { value: string; onChange: (zone: string) => void; isDisabled: boolean; error?: string }) {
	const groups = [...zoneGroups()];
	const isKnown = groups.some(([, zones]) => zones.some((zone) => zone.name === value));
	const change = nextChange(value);
	const words = change && t(change.by > 0 ? 'schedule.clocks_forward' : 'schedule.clocks_back', { day: dayIn(value, change.at) });
	return (
		<FormGroup fieldId="zone" label={t('schedule.zone')}>
			<FormSelect id="zone" value={value} isDisabled={isDisabled} onChange={(_event, next) => onChange(next)} aria-describedby="zone-words">
				{!isKnown && <FormSelectOption value={value} label={value} />}
				{groups.map(([part, zones]) => (
					<FormSelectOptionGroup key={part} label={part}>{zones.map((zone) => <FormSelectOption key={zone.name} value={zone.name} label={zone.text} />)}</FormSelectOptionGroup>
				))}
			</FormSelect>
			<p id="zone-words" className="pomona-muted pomona-small">{words ?? t('schedule.clocks_stay')}</p>
			{error && <p role="alert" className="pomona-error">{error}</p>}
		</FormGroup>
	);
}

function NextRuns({ schedule }: { schedule: Schedule }) {
	if (schedule.mode === 'off') return <p className="pomona-muted">{t('schedule.off_words')}</p>;
	return (
		<div>
			<h3 className="pomona-label">{t('schedule.next')}</h3>
			<ol className="pomona-list" data-next-runs>
				{schedule.next_runs.map((run, row) => <li key={run}><time dateTime={run}>{runInWords(run, schedule.time_zone)}</time>{row === 0 && <span className="pomona-muted"> – <When at={run} /></span>}</li>)}
			</ol>
		</div>
	);
}

/** With `suggest` the form of a location that is not synced yet starts with every night. */
export function SchedulePanel({ location, suggest = false }: { location: Location; suggest?: boolean }) {
	const saved = location.schedule;
	const client = useQueryClient();
	const { toast } = useSays();
	const mayChange = useMay('admin');
	const [first] = useState<Values>(() => (suggest && saved.mode === 'off' ? { ...valuesOf(saved), mode: 'daily' } : valuesOf(saved)));
	const [values, setValues] = useState(first);
	const [tried, setTried] = useState(false);
	const set = <K extends keyof Values>(name: K) => (value: Values[K]) => setValues({ ...values, [name]: value });
	const bad = wrong(values);
	const save = useMutation({
		mutationFn: () => body(api.PUT('/api/v1/locations/{id}/schedule', { params: { path: { id: location.id } }, body: toPut(values) })),
		onSuccess: () => {
			toast(t('toast.saved'));
			setTried(false);
			void client.invalidateQueries({ queryKey: ['locations'] });
		},
	});
	const submit = () => {
		setTried(true);
		if (!Object.values(bad).some(Boolean)) save.mutate();
	};
	const suggested = suggest && saved.mode === 'off' && JSON.stringify(values) === JSON.stringify(first);
	const dirty = !suggested && (values.mode !== saved.mode || (values.mode !== 'off' && JSON.stringify(values) !== JSON.stringify(valuesOf(saved))));
	const show = (name: keyof ReturnType<typeof wrong>, api: string) => (tried ? bad[name] : undefined) ?? fieldProblem(save.error, api);
	return (
		<Panel title={t('schedule.title')} id="schedule" foot={mayChange && <SaveFoot what={t('schedule.title')} dirty={dirty} busy={save.isPending} onSave={submit} />}>
			<Form onSubmit={(event) => { event.preventDefault(); submit(); }} noValidate>
				<Choices name="mode" label={t('schedule.mode')} value={values.mode} onChange={set('mode')} isDisabled={!mayChange} choices={[
					{ value: 'off', label: t('schedule.off') }, { value: 'interval', label: t('schedule.interval') }, { value: 'daily', label: t('schedule.daily') },
				]} />
				{values.mode === 'interval' && <Field id="hours" type="number" label={t('schedule.hours')} value={values.hours} onChange={set('hours')} error={show('hours', 'every_hours')} help={t('schedule.hours_help')} min={1} max={168} />}
				{values.mode === 'daily' && <Field id="at" type="time" label={t('schedule.at')} value={values.at} onChange={set('at')} error={show('at', 'at')} />}
				{values.mode === 'daily' && <Days value={values.days} onChange={set('days')} error={show('days', 'weekdays')} />}
				{values.mode !== 'off' && (
					<>
						<ZonePicker value={values.zone} onChange={set('zone')} isDisabled={!mayChange} error={show('zone', 'time_zone')} />
						<Choices name="apply" label={t('schedule.apply')} value={values.apply} onChange={set('apply')} isDisabled={!mayChange} choices={[
							{ value: 'plan_and_apply', label: t('schedule.apply_now') }, { value: 'plan_only', label: t('schedule.apply_later'), help: t('schedule.apply_later_help') },
						]} />
					</>
				)}
			</Form>
			{save.error && <Trouble error={save.error} />}
			<NextRuns schedule={saved} />
		</Panel>
	);
}
