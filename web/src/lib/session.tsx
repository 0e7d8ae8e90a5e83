// Who is signed in. One query; a 401 anywhere keeps the page and asks for the password over it.
import { createContext, useContext } from 'react';
import type { Session } from './api';

export type Role = 'owner' | 'admin' | 'operator' | 'auditor';
const RANK: Record<Role, number> = { owner: 4, admin: 3, operator: 2, auditor: 1 };

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session | null {
	return useContext(SessionContext);
}

export function mayAct(session: Session | null, least: Role): boolean {
	const role = session?.admin?.role as Role | undefined;
	return role !== undefined && RANK[role] >= RANK[least];
}

export function useMay(least: Role): boolean {
	return mayAct(useSession(), least);
}
