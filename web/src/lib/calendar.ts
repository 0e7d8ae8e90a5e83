// A reminder for a calendar: a day with two alarms before it, as RFC 5545 writes it.
const escaped = (text: string) => text.replace(/[\\;,]/g, (sign) => `\\${sign}`).replace(/\r?\n/g, '\\n');
const day = (at: Date) => at.toISOString().slice(0, 10).replaceAll('-', '');

/** Lines of at most 75 bytes; what is longer goes on after a line break and a space. */
function folded(line: string): string {
	const encoder = new TextEncoder();
	const lines: string[] = [];
	let now = '';
	for (const sign of line) {
		if (encoder.encode(now + sign).length > 74) {
			lines.push(now);
			now = ' ';
		}
		now += sign;
	}
	return [...lines, now].join('\r\n');
}

export function reminder({ uid, date, title, words, url, daysBefore }: { uid: string; date: string; title: string; words: string; url: string; daysBefore: number[] }, now = new Date()): string {
	const at = new Date(date);
	const next = new Date(at.getTime() + 86_400_000);
	const alarms = daysBefore.flatMap((days) => ['BEGIN:VALARM', 'ACTION:DISPLAY', `DESCRIPTION:${escaped(title)}`, `TRIGGER:-P${days}D`, 'END:VALARM']);
	const stamp = `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
	return [
		'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Pomona//Pomona//EN', 'BEGIN:VEVENT', `UID:${uid}`, `DTSTAMP:${stamp}`, `DTSTART;VALUE=DATE:${day(at)}`, `DTEND;VALUE=DATE:${day(next)}`,
		`SUMMARY:${escaped(title)}`, `DESCRIPTION:${escaped(words)}`, `URL:${url}`, 'TRANSP:TRANSPARENT', ...alarms, 'END:VEVENT', 'END:VCALENDAR', '',
	].map(folded).join('\r\n');
}
