import type { IdentifiedBy } from '../vocabulary/identification.ts';

/** The resources that callers guard; our own names. */
export const RESOURCES = ['exchangeOnline', 'sharePointOnline', 'oneDrive', 'wifi'] as const;
export type Resource = (typeof RESOURCES)[number] | `companyApp:${string}`;

/** The resource, how the caller identified the device, and the user where the caller knows one. */
export interface AccessContext {
  readonly resource: Resource;
  readonly identifiedBy: IdentifiedBy;
  readonly userPrincipalName?: string;
}
