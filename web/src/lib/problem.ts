// What the server says when it refuses, and what is said when there was no answer at all.
import { t, tMaybe } from './i18n';
import { inOurWords, said } from './said';

export interface FieldProblem { pointer: string; detail: string }

export class Problem extends Error {
	readonly status: number;
	/** The last part of the problem's type: "token.expired". "no-answer" when the server was not reached. */
	readonly reason: string;
	readonly detail: string;
	readonly fields: FieldProblem[];
	readonly apple: string | undefined;
	readonly trace: string | undefined;
	readonly retryAfter: number | undefined;

	constructor(status: number, body: Record<string, unknown>, retryAfter?: number) {
		const reason = typeof body.type === 'string' ? body.type.replace(/^.*\//, '') : `status-${status}`;
		const detail = typeof body.detail === 'string' ? said(body.detail) : '';
		const title = typeof body.title === 'string' && body.title ? body.title : t('problem.unexpected', { status });
		super(tMaybe(`problem.${reason}`, detail || title));
		this.status = status;
		this.reason = reason;
		this.detail = detail;
		this.fields = Array.isArray(body.errors) ? inOurWords(body.errors as FieldProblem[]) : [];
		this.apple = typeof body.apple === 'string' ? body.apple : undefined;
		this.trace = typeof body.trace === 'string' ? body.trace : undefined;
		this.retryAfter = retryAfter;
	}
}

/** The sentence of one field, or undefined. Fields are JSON pointers: "/password". */
export function fieldProblem(error: unknown, field: string): string | undefined {
	if (!(error instanceof Problem)) return undefined;
	return error.fields.find((one) => one.pointer === `/${field}` || one.pointer === `#/${field}`)?.detail;
}

export function asProblem(error: unknown): Problem {
	if (error instanceof Problem) return error;
	if (error instanceof TypeError) return new Problem(0, { type: '/problems/no-answer' });
	return new Problem(0, { type: '/problems/unknown', title: t('problem.unexpected_script'), detail: error instanceof Error ? error.message : String(error) });
}
