import { createHash } from 'node:crypto';
import type { Deployment } from '../resourceChanges.ts';

const LENGTH = 32;

/** Equal for equal templates and parameters, in whatever order the parameters are given. */
export function hashDeployment({ template, parameters }: Deployment): string {
  const ordered = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([template, ordered]);
  return createHash('sha256').update(text).digest('hex').slice(0, LENGTH);
}
