// A file that is being imported: the server never keeps it, so this page does, for as long as it is open.
import { api, asIs, body, type Import } from './api';
import type { components } from './schema';

export type Kind = Import['kind'];
export type Look = components['schemas']['ImportColumns'];

export const FILE_MOST = 64 * 1024 * 1024;
/** The heading row and some rows below it are in here. */
const LOOK_BYTES = 256 * 1024;

let last: { id: number; file: File } | null = null;

export function fileOf(id: number): File | undefined {
	return last?.id === id ? last.file : undefined;
}

const csv = { 'Content-Type': 'text/csv' };

export function lookAt(kind: Kind, file: File): Promise<Look> {
	return body(api.POST('/api/v1/imports/columns', { params: { query: { kind } }, headers: csv, body: file.slice(0, LOOK_BYTES) as unknown as string, bodySerializer: asIs }));
}

/** `columns`: a field for each column, empty for one that is left out; without it the server's own reading. */
export async function upload(kind: Kind, file: File, columns?: string[]): Promise<Import> {
	const query = { kind, file_name: file.name.slice(0, 200), columns: columns?.join(',') };
	const made = await body(api.POST('/api/v1/imports', { params: { query }, headers: csv, body: file as unknown as string, bodySerializer: asIs }));
	last = { id: made.id, file };
	return made;
}
