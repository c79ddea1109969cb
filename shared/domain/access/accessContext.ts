import { isSameName } from '../../base/foldName.ts';
import type { IdentifiedBy } from '../vocabulary/identification.ts';

/** The resources that callers guard; our own names. */
export const RESOURCES = ['exchangeOnline', 'sharePointOnline', 'oneDrive', 'wifi'] as const;
export type Resource = (typeof RESOURCES)[number] | `companyApp:${string}`;

const COMPANY_APP = 'companyApp:';

/** Whether two names are of the same resource. The names of company apps are people's, so case decides nothing in them. */
export function isSameResource(a: string, b: string): boolean {
  return a === b || (a.startsWith(COMPANY_APP) && b.startsWith(COMPANY_APP) && isSameName(a, b));
}

/** The form of a resource, as a regular expression. */
export const RESOURCE_PATTERN = `^(${RESOURCES.join('|')}|companyApp:[^\\s]{1,200})$`;

/** Whether the text names a resource. */
export function isResource(text: string): text is Resource {
  return new RegExp(RESOURCE_PATTERN).test(text);
}

/** The resource, how the caller identified the device, and the user where the caller knows one. */
export interface AccessContext {
  readonly resource: Resource;
  readonly identifiedBy: IdentifiedBy;
  readonly userPrincipalName?: string;
}
