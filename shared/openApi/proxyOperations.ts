import type { Operation } from './operation.ts';

/** What nginx, Envoy and FreeRADIUS ask. */
export const PROXY_OPERATIONS: readonly Operation[] = [];
