import { createHash } from 'node:crypto';
import { asJsonObject } from '../../../shared/base/jsonObject.ts';
import type { Deployment } from '../resourceChanges.ts';

const LENGTH = 32;

/** Equal for equal templates and parameters, in whatever order the members of each object are given. */
export function hashDeployment({ template, parameters }: Deployment): string {
  const text = JSON.stringify(toSorted([template, parameters]));
  return createHash('sha256').update(text).digest('hex').slice(0, LENGTH);
}

/** The value with the members of each object by name. The order of an array counts. */
function toSorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSorted);
  const members = asJsonObject(value);
  if (members === undefined) return value;
  const names = Object.keys(members).toSorted();
  return Object.fromEntries(names.map((name) => [name, toSorted(members[name])]));
}
