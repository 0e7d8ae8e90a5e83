// What holds for all the sources of the portal.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, it } from 'node:test';

const sources = readdirSync('src', { recursive: true }).map(String).filter((name) => /\.tsx?$/.test(name));
const read = (name: string) => readFileSync(`src/${name}`, 'utf8');
const loaded = (name: string) => [...read(name).matchAll(/\bimport\('([^']+)'\)/g)].map(([, path = '']) => basename(path));

describe('the sources', () => {
	it('fetch with the rest every part that is loaded when it is wanted: after an upgrade it is gone', () => {
		const wanted = new Set(sources.filter((name) => name !== 'lib/whole.ts').flatMap(loaded));
		wanted.delete('entry'); // before sign-in, when there is nothing to lose; the form itself comes with frame_dialogs
		assert.ok(wanted.size > 6);
		assert.deepEqual([...wanted].sort(), loaded('lib/whole.ts').sort());
	});
	it('have an ActButton for what changes something: it waits while the server cannot be reached', () => {
		// Signing in and staying signed in have a dialog and an error of their own; a look for people changes nothing.
		const others = ['pages/entry.tsx', 'parts/session_warning.tsx', 'pages/people_find_dialog.tsx'];
		const left = sources.filter((name) => !others.includes(name) && /<Button\b[^>]*(\.mutate\(|type="submit")/.test(read(name)));
		assert.deepEqual(left, []);
	});
});
