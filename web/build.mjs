// Builds the portal into dist/: hashed files under dist/assets, index.html, and a .br and .gz beside each text file.
// The output is the same byte for byte on every run, so that a release can be rebuilt and compared.
import * as esbuild from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const dist = path.join(here, 'dist');
const KB = 1024;
// Budgets in gzip; going over fails the build.
const BUDGET = { first: 220 * KB, script: 320 * KB, css: 130 * KB };

// `import { Button } from '@patternfly/react-core'` would pull in the style sheets of every component there is:
// name each component's own folder instead, from the map that the packages ship.
function perComponentPatternFly() {
	const maps = {};
	for (const name of ['react-core', 'react-table']) {
		maps[`@patternfly/${name}`] = require(`@patternfly/${name}/dist/dynamic-modules.json`);
	}
	const pattern = /import \{([^}]+)\} from '(@patternfly\/react-(?:core|table))';/g;
	return {
		name: 'per-component-patternfly',
		setup(build) {
			build.onLoad({ filter: /web\/src\/.*\.tsx?$/ }, async (args) => {
				const text = await readFile(args.path, 'utf8');
				const contents = text.replace(pattern, (whole, names, from) => names.split(',')
					.map((one) => one.trim()).filter((one) => one && !one.startsWith('type '))
					.map((one) => {
						const folder = maps[from][one];
						if (!folder) throw new Error(`${args.path}: ${from} has no ${one}`);
						return `import { ${one} } from '${from}/${folder}';`;
					}).join(' '));
				return { contents, loader: args.path.endsWith('x') ? 'tsx' : 'ts' };
			});
		},
	};
}

// What a component can show besides, and ours never asks it to: a drawer in the page, a form below the search. Left out, with its styles.
const UNUSED = { 'Page/Page.js': '../Drawer', 'SearchInput/SearchInput.js': './AdvancedSearchMenu' };

function leaveOutUnused() {
	return {
		name: 'leave-out-unused',
		setup(build) {
			build.onResolve({ filter: /(\/Drawer|\/AdvancedSearchMenu)$/ }, ({ path: wanted, importer }) => {
				const isUnused = Object.entries(UNUSED).some(([file, part]) => importer.endsWith(`components/${file}`) && wanted === part);
				return isUnused ? { path: wanted, namespace: 'unused' } : undefined;
			});
			build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
		},
	};
}

// The portal uses the system's own fonts: nothing to download, nothing to license.
function noFontFaces() {
	return {
		name: 'no-font-faces',
		setup(build) {
			build.onLoad({ filter: /\.css$/ }, async (args) => {
				const text = await readFile(args.path, 'utf8');
				return { contents: text.replace(/@font-face\s*\{[^}]*\}/g, ''), loader: 'css' };
			});
		},
	};
}

async function bundle() {
	return esbuild.build({
		absWorkingDir: here,
		entryPoints: { app: 'src/app.tsx' },
		bundle: true, minify: true, splitting: true, format: 'esm',
		target: ['es2022', 'chrome111', 'firefox114', 'safari16.4'],
		jsx: 'automatic', outdir: 'dist/assets', metafile: true, legalComments: 'external',
		entryNames: '[name]-[hash]', chunkNames: 'c-[hash]', assetNames: 'a-[name]-[hash]',
		define: { 'process.env.NODE_ENV': '"production"' },
		loader: { '.svg': 'file' },
		plugins: [perComponentPatternFly(), leaveOutUnused(), noFontFaces()],
		logLevel: 'warning',
	});
}

// esbuild puts the styles of lazily loaded pages into the entry's style sheet as well; nothing loads the others.
async function dropUnusedStyles() {
	for (const name of await readdir(path.join(dist, 'assets'))) {
		if (/^c-.*\.css(\.LEGAL\.txt)?$/.test(name)) await rm(path.join(dist, 'assets', name));
	}
}

const RULE = '-'.repeat(80);

/** The folder of the package that a file belongs to; null: it is ours. */
function packageOf(file) {
	return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? null;
}

async function licenceText(folder) {
	const file = (await readdir(folder)).find((name) => /^licen[cs]e(\.md|\.txt)?$/i.test(name));
	return file ? (await readFile(path.join(folder, file), 'utf8')).trim() : '';
}

/** licences.txt: our own licence, then every package of which something is in the portal, those of one text together. */
async function gatherLicences(meta) {
	const shipped = Object.values(meta.outputs).flatMap((out) => Object.keys(out.inputs));
	const byText = new Map();
	for (const folder of [...new Set(shipped.map(packageOf).filter(Boolean))].sort()) {
		const { name, version, license } = JSON.parse(await readFile(path.join(here, folder, 'package.json'), 'utf8'));
		const text = await licenceText(path.join(here, folder)) || `The package names its licence and ships no text of it: ${license}.`;
		byText.set(text, [...byText.get(text) ?? [], `${name} ${version} (${license})`]);
	}
	const dir = path.join(dist, 'assets');
	const comments = new Set();
	for (const name of (await readdir(dir)).sort()) {
		if (!name.endsWith('.LEGAL.txt')) continue;
		comments.add((await readFile(path.join(dir, name), 'utf8')).trim());
		await rm(path.join(dir, name));
	}
	const own = (await readFile(path.join(here, '../LICENSE'), 'utf8')).trim();
	const parts = [['Pomona (Apache-2.0)', own], ...[...byText].map(([text, names]) => [names.join('\n'), text]),
		['Notices in the source files', [...comments].sort().join('\n\n')]];
	await writeFile(path.join(dist, 'licences.txt'), `${parts.map(([names, text]) => `${names}\n\n${text}\n`).join(`\n${RULE}\n`)}`);
}

/** The texts of each language as a file of its own, of which a page loads one. Mails are the server's; what the server says (said.*) is
 * found by its English sentence. */
async function writeLanguages() {
	const folder = path.join(here, 'locales');
	const read = async (name) => Object.entries(JSON.parse(await readFile(path.join(folder, name), 'utf8')));
	const english = Object.fromEntries(await read('en.json'));
	const links = [];
	for (const name of (await readdir(folder)).sort()) {
		const all = await read(name);
		const said = all.filter(([key, text]) => key.startsWith('said.') && text !== english[key]).map(([key, text]) => [english[key], text]);
		const texts = all.filter(([key]) => !/^(mail|said)\./.test(key));
		const body = JSON.stringify({ ...Object.fromEntries(texts), said: Object.fromEntries(said) });
		const hash = createHash('sha256').update(body).digest('hex').slice(0, 8).toUpperCase();
		const language = path.basename(name, '.json');
		await writeFile(path.join(dist, 'assets', `l-${language}-${hash}.json`), body);
		links.push(`<link rel="alternate" type="application/json" hreflang="${language}" href="/assets/l-${language}-${hash}.json">`);
	}
	return links.join('\n');
}

async function writeIndex(meta, languages) {
	const entry = Object.entries(meta.outputs).find(([, out]) => out.entryPoint === 'src/app.tsx');
	const script = path.basename(entry[0]);
	const style = path.basename(entry[1].cssBundle);
	const preload = entry[1].imports.filter((one) => one.kind === 'import-statement')
		.map((one) => `<link rel="modulepreload" href="/assets/${path.basename(one.path)}">\n`).join('');
	const html = (await readFile(path.join(here, 'src', 'index.html'), 'utf8'))
		.replace('{{style}}', `/assets/${style}`).replace('{{script}}', `/assets/${script}`).replace('{{preload}}\n', preload).replace('{{languages}}', languages);
	await writeFile(path.join(dist, 'index.html'), html);
	return { first: firstScripts(meta) };
}

/** What the first page after sign-in loads: the entry, the pages of every day, and what they share. */
function firstScripts(meta) {
	const found = new Set();
	const take = (file) => {
		if (found.has(file)) return;
		found.add(file);
		for (const one of meta.outputs[file].imports) if (one.kind === 'import-statement') take(one.path);
	};
	for (const [file, out] of Object.entries(meta.outputs)) {
		if (file.endsWith('.js') && ['src/app.tsx', 'src/pages/daily.tsx'].includes(out.entryPoint)) take(file);
	}
	return [...found].map((file) => path.basename(file));
}

async function compress(dir, sizes) {
	for (const item of (await readdir(dir, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
		const file = path.join(dir, item.name);
		if (item.isDirectory()) {
			await compress(file, sizes);
			continue;
		}
		const body = await readFile(file);
		const gz = gzipSync(body, { level: 9 });
		gz[9] = 255; // the byte that names the operating system
		sizes[item.name] = gz.length;
		await writeFile(`${file}.gz`, gz);
		await writeFile(`${file}.br`, brotliCompressSync(body, {
			params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
		}));
	}
}

function checkBudget(sizes, first) {
	const sum = (test) => Object.entries(sizes).filter(([name]) => test(name)).reduce((all, [, size]) => all + size, 0);
	const now = { first: sum((name) => first.includes(name)), script: sum((name) => name.endsWith('.js')), css: sum((name) => name.endsWith('.css')) };
	const words = Object.entries(now).map(([name, size]) => `${name} ${Math.round(size / KB)} of ${BUDGET[name] / KB} KB`).join(', ');
	console.log(`portal: ${words} (gzip)`);
	for (const [name, size] of Object.entries(now)) {
		if (size > BUDGET[name]) throw new Error(`portal: over the budget of ${name}: ${words}`);
	}
}

await rm(dist, { recursive: true, force: true });
await mkdir(path.join(dist, 'assets'), { recursive: true });
const { metafile } = await bundle();
await dropUnusedStyles();
await gatherLicences(metafile);
await writeFile(path.join(dist, 'favicon.svg'), await readFile(path.join(here, 'src', 'favicon.svg')));
const { first } = await writeIndex(metafile, await writeLanguages());
const sizes = {};
await compress(dist, sizes);
checkBudget(sizes, first);
const id = createHash('sha256').update(await readFile(path.join(dist, 'index.html'))).digest('hex').slice(0, 12);
console.log(`portal: build ${id}`);
