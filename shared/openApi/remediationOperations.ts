import type { Operation } from './operation.ts';

/** What a blocked user opens. */
export const REMEDIATION_OPERATIONS: readonly Operation[] = [];
