import { foldGuid } from '../../base/guid.ts';
import type { Configuration } from './configuration.ts';

/**
 * The ids of the groups that a configuration names, each in one spelling. They repeat where several policies name one
 * group.
 */
export interface NamedGroups {
  /** In the assignments of compliance policies, which include or exclude them. */
  readonly assigned: readonly string[];
  /** In the conditions of conditional access policies. */
  readonly included: readonly string[];
  readonly excluded: readonly string[];
}

export function namedGroups({
  compliancePolicies,
  conditionalAccessPolicies,
}: Configuration): NamedGroups {
  const users = conditionalAccessPolicies.map(({ conditions }) => conditions.users ?? {});
  return {
    assigned: compliancePolicies.flatMap(({ assignments }) =>
      assignments.flatMap(({ target }) => ('groupId' in target ? [foldGuid(target.groupId)] : [])),
    ),
    included: users.flatMap(({ includeGroups = [] }) => includeGroups.map(foldGuid)),
    excluded: users.flatMap(({ excludeGroups = [] }) => excludeGroups.map(foldGuid)),
  };
}
