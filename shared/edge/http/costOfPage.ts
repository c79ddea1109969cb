import { COST_OF_A_PAGE } from '../../core/decisions/rateLimit.ts';
import type { HttpRequest } from './http.ts';

/** What the requested page of a list costs its caller: one for each entry that it may hold, and at least a page's. */
export function costOfPage({ query }: HttpRequest): number {
  const top = query.get('$top') ?? '';
  return /^\d{1,3}$/.test(top) ? Math.max(COST_OF_A_PAGE, Number(top)) : COST_OF_A_PAGE;
}
