import { asJsonObject } from '../../shared/base/jsonObject.ts';
import type { ParameterValues, Template } from './template.ts';

/**
 * Parameters that an operator sets once, in an incident. A later deployment that does not name them keeps their values:
 * otherwise a pipeline would point the app back at the database that a restore has replaced, and wipe settings.
 */
export const KEPT = [
  'databaseAccount',
  // An account keeps its zones, and Azure refuses a deployment that would change them.
  'databaseZoneRedundant',
  'recoveredDateTime',
  'extraSettings',
] as const;

/** The values of the last deployment that the given ones do not replace. */
export function findKept(
  template: Pick<Template, 'parameters'>,
  given: ParameterValues,
  last: ParameterValues,
): ParameterValues {
  const kept = KEPT.flatMap((name) => {
    const { value } = last[name] ?? {};
    const declared = template.parameters[name];
    const isNamed = given[name] !== undefined || isOfOtherAccount(name, given, last);
    const isKept = !isNamed && declared !== undefined;
    const isDefault = isEmpty(value) || value === declared?.defaultValue;
    return isKept && !isDefault ? [[name, { value }] as const] : [];
  });
  return Object.fromEntries(kept);
}

/** The line that names a kept value, and how to change it. Settings are named without their values. */
export function toKeptLine(name: string, value: unknown): string {
  const settings = asJsonObject(value);
  const shown = settings === undefined ? String(value) : Object.keys(settings).join(', ');
  return `${name} stays ${shown}: change it with --parameters ${name}=${toOther(value)}`;
}

function toOther(value: unknown): string {
  if (typeof value === 'boolean') return String(!value);
  return typeof value === 'string' ? '' : '{}';
}

/** Whether the value belongs to an account that the given values replace by another. */
function isOfOtherAccount(name: string, given: ParameterValues, last: ParameterValues): boolean {
  const [now, before] = [given['databaseAccount'], last['databaseAccount']];
  if (name !== 'databaseZoneRedundant' || now === undefined) return false;
  return now.value !== (before?.value ?? '');
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
