// Numbers over days as lines. For those who do not see them: one sentence, and the same numbers as a table.
import { useState, type PointerEvent } from 'react';
import { ExpandableSection } from '@patternfly/react-core';
import { formatNumber, t } from '../lib/i18n';
import { dayInWords } from '../lib/time';

export interface Line { key: string; text: string; color: 'blue' | 'green' | 'orange' | 'grey'; values: number[] }

const WIDTH = 600;
const HEIGHT = 180;

/** The next round number (1, 2, 5 and their tens) at or over the greatest value, so that the scale reads well. */
export function roundTop(most: number): number {
	if (most <= 4) return 4;
	const ten = 10 ** Math.floor(Math.log10(most));
	const step = [1, 2, 4, 5, 8, 10].find((one) => one * ten >= most) ?? 10;
	return step * ten;
}

function AsTable({ days, lines, caption }: { days: string[]; lines: Line[]; caption: string }) {
	return (
		<div className="pomona-scroll" tabIndex={0} role="group" aria-label={t('chart.as_table')}>
			<table className="pomona-numbers">
				<caption className="pf-v6-screen-reader">{caption}</caption>
				<thead><tr><th scope="col">{t('chart.day')}</th>{lines.map((line) => <th key={line.key} scope="col">{line.text}</th>)}</tr></thead>
				<tbody>
					{days.map((day, row) => (
						<tr key={day}><th scope="row">{dayInWords(day)}</th>{lines.map((line) => <td key={line.key}>{formatNumber(line.values[row] ?? 0)}</td>)}</tr>
					)).reverse()}
				</tbody>
			</table>
		</div>
	);
}

export function LineChart({ days, lines, sentence, caption }: { days: string[]; lines: Line[]; sentence: string; caption: string }) {
	const [at, setAt] = useState<number | null>(null);
	const [open, setOpen] = useState(false);
	const top = roundTop(Math.max(...lines.flatMap((line) => line.values), 0));
	const last = days.length - 1;
	const x = (row: number) => (last === 0 ? WIDTH / 2 : (row / last) * WIDTH);
	const y = (value: number) => HEIGHT - (value / top) * HEIGHT;
	const look = (event: PointerEvent<SVGSVGElement>) => {
		const box = event.currentTarget.getBoundingClientRect();
		const part = (event.clientX - box.left) / box.width;
		setAt(Math.min(last, Math.max(0, Math.round(part * last))));
	};
	const shown = Math.min(at ?? last, last);
	return (
		<div className="pomona-stack pomona-tight">
			<p className="pomona-legend">
				<span className="pomona-muted">{dayInWords(days[shown] ?? '')}</span>
				{lines.map((line) => <span key={line.key}><span className={`pomona-swatch pomona-fill-${line.color}`} aria-hidden="true" />{line.text} <strong>{formatNumber(line.values[shown] ?? 0)}</strong></span>)}
			</p>
			<div className="pomona-plot">
				<div className="pomona-scale pomona-muted pomona-small" aria-hidden="true"><span>{formatNumber(top)}</span><span>{formatNumber(top / 2)}</span><span>0</span></div>
				<svg viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`} preserveAspectRatio="none" role="img" aria-label={sentence} onPointerMove={look} onPointerLeave={() => setAt(null)}>
					{[0, 0.5, 1].map((part) => <line key={part} x1="0" x2={WIDTH} y1={HEIGHT * part} y2={HEIGHT * part} className="pomona-grid" vectorEffect="non-scaling-stroke" />)}
					{at !== null && <line x1={x(shown)} x2={x(shown)} y1="0" y2={HEIGHT} className="pomona-cursor" vectorEffect="non-scaling-stroke" />}
					{lines.map((line) => (
						<polyline key={line.key} className={`pomona-line pomona-fill-${line.color}`} vectorEffect="non-scaling-stroke"
							points={last === 0 ? `0,${y(line.values[0] ?? 0)} ${WIDTH},${y(line.values[0] ?? 0)}` : line.values.map((value, row) => `${x(row)},${y(value)}`).join(' ')} />
					))}
				</svg>
				<div className="pomona-days pomona-muted pomona-small" aria-hidden="true"><span>{dayInWords(days[0] ?? '')}</span>{last > 0 && <span>{dayInWords(days[last] ?? '')}</span>}</div>
			</div>
			<ExpandableSection toggleText={t(open ? 'chart.hide_table' : 'chart.as_table')} isExpanded={open} onToggle={(_event, next) => setOpen(next)}>
				{open && <AsTable days={days} lines={lines} caption={caption} />}
			</ExpandableSection>
		</div>
	);
}
