// A filter of several choices at once: a button that shows check boxes, and says how many are on.
import { useEffect, useId, useRef, useState } from 'react';
import { Checkbox, MenuToggle } from '@patternfly/react-core';
import { t } from '../lib/i18n';
import type { Choice } from './filters';

export function CheckFilter({ label, choices, value, onChange }: { label: string; choices: Choice[]; value: string; onChange: (next: string | undefined) => void }) {
	const id = useId();
	const [open, setOpen] = useState(false);
	const whole = useRef<HTMLDivElement>(null);
	const toggle = useRef<HTMLButtonElement>(null);
	useEffect(() => {
		if (!open) return undefined;
		const away = (event: Event) => {
			if (!whole.current?.contains(event.target as Node)) setOpen(false);
		};
		document.addEventListener('click', away);
		document.addEventListener('focusin', away);
		return () => {
			document.removeEventListener('click', away);
			document.removeEventListener('focusin', away);
		};
	}, [open]);
	const on = value ? value.split(',') : [];
	const pick = (one: string, checked: boolean) => {
		const next = choices.map((choice) => choice.value).filter((choice) => (choice === one ? checked : on.includes(choice)));
		onChange(next.join(',') || undefined);
	};
	return (
		<div ref={whole} className="pomona-check-filter" data-typing={open || undefined}
			onKeyDown={(event) => {
				if (event.key !== 'Escape' || !open) return;
				event.stopPropagation();
				setOpen(false);
				toggle.current?.focus();
			}}>
			<MenuToggle ref={toggle} isExpanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}>
				{on.length === 0 ? t('list.any', { field: label }) : t('list.some', { field: label, count: on.length })}
			</MenuToggle>
			{open && (
				<fieldset id={id} className="pomona-check-list">
					<legend className="pf-v6-screen-reader">{label}</legend>
					{choices.map((one) => (
						<Checkbox key={one.value} id={`${id}-${one.value}`} label={one.text} isChecked={on.includes(one.value)} onChange={(_event, checked) => pick(one.value, checked)} />
					))}
				</fieldset>
			)}
		</div>
	);
}
