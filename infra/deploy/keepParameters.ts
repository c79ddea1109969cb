import type { ParameterValues, Template } from './template.ts';

/**
 * Parameters that an operator sets once, in an incident. A later deployment that does not name them keeps their values:
 * otherwise a pipeline would point the app back at the database that a restore has replaced, and wipe settings.
 */
const KEPT = ['databaseAccount', 'recoveredDateTime', 'extraSettings'] as const;

/** The values of the last deployment that the given ones do not replace. */
export function findKept(
  template: Pick<Template, 'parameters'>,
  given: ParameterValues,
  last: ParameterValues,
): ParameterValues {
  const kept = KEPT.flatMap((name) => {
    const { value } = last[name] ?? {};
    const isKept = given[name] === undefined && template.parameters[name] !== undefined;
    return isKept && !isEmpty(value) ? [[name, { value }] as const] : [];
  });
  return Object.fromEntries(kept);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
