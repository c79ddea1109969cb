import type { Operation } from './operation.ts';

/** What Cloudflare Access and Entra ask. */
export const IDENTITY_OPERATIONS: readonly Operation[] = [];
