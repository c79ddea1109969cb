import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../../shared/domain/compliance/configuration.ts';
import { namedGroups } from '../../../../shared/domain/compliance/namedGroups.ts';
import { SAMPLE } from '../../../support/given.ts';

describe('namedGroups', () => {
  it('finds the groups of assignments and of conditions', () => {
    const configuration: Configuration = {
      ...SAMPLE,
      compliancePolicies: SAMPLE.compliancePolicies.slice(0, 1).map((policy) => ({
        ...policy,
        assignments: [
          { target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } },
          { target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: 'staff' } },
          {
            target: {
              '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget',
              groupId: 'labs',
            },
          },
        ],
      })),
      conditionalAccessPolicies: SAMPLE.conditionalAccessPolicies.slice(0, 1).map((policy) => ({
        ...policy,
        conditions: {
          ...policy.conditions,
          users: { includeGroups: ['sales'], excludeGroups: ['guests'] },
        },
      })),
    };
    expect(namedGroups(configuration)).toEqual({
      assigned: ['staff', 'labs'],
      included: ['sales'],
      excluded: ['guests'],
    });
  });

  it('finds none where policies name none', () => {
    const configuration = { ...SAMPLE, compliancePolicies: [], conditionalAccessPolicies: [] };
    expect(namedGroups(configuration)).toEqual({ assigned: [], included: [], excluded: [] });
  });
});
