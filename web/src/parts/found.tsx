import { placeOf } from '../lib/found';

/** A text with the part that was searched for marked in it. */
export function Found({ text, q }: { text: string; q: string | undefined }) {
	const place = q ? placeOf(text, q) : null;
	if (!place) return text;
	return <>{text.slice(0, place[0])}<mark className="pomona-found">{text.slice(place[0], place[1])}</mark>{text.slice(place[1])}</>;
}
