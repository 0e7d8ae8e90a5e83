// A ring with its legend as a real table; the chart itself is one image with a sentence.
import { Link } from 'wouter';
import { formatNumber } from '../lib/i18n';

export interface Part { key: string; text: string; value: number; color: 'blue' | 'green' | 'orange' | 'grey'; to: string }

const RADIUS = 40;
const ROUND = 2 * Math.PI * RADIUS;
const GAP = 1;

export function Donut({ parts, sentence, caption }: { parts: Part[]; sentence: string; caption: string }) {
	const total = parts.reduce((all, one) => all + one.value, 0);
	let start = 0;
	return (
		<div className="pomona-donut">
			<svg viewBox="0 0 100 100" role="img" aria-label={sentence}>
				{total === 0 && <circle cx="50" cy="50" r={RADIUS} strokeWidth="14" className="pomona-fill-grey" opacity="0.3" />}
				{parts.filter((one) => one.value > 0).map((one) => {
					const length = (one.value / total) * ROUND;
					const offset = start;
					start += length;
					const gap = length < ROUND ? GAP : 0;
					return <circle key={one.key} cx="50" cy="50" r={RADIUS} strokeWidth="14" className={`pomona-fill-${one.color}`} transform="rotate(-90 50 50)" strokeDasharray={`${Math.max(length - gap, 0.5)} ${ROUND}`} strokeDashoffset={-offset} />;
				})}
			</svg>
			<table>
				<caption className="pf-v6-screen-reader">{caption}</caption>
				<tbody>
					{parts.map((one) => (
						<tr key={one.key}>
							<th scope="row"><span className={`pomona-swatch pomona-fill-${one.color}`} aria-hidden="true" /><Link to={one.to}>{one.text}</Link></th>
							<td>{formatNumber(one.value)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
