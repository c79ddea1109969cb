import type { Operation } from './operation.ts';

/** What network access controls ask. */
export const NAC_OPERATIONS: readonly Operation[] = [];
