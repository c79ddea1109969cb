import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { foldGuid } from '../../base/guid.ts';
import type {
  AssignmentTarget,
  DeviceCompliancePolicy,
} from '../../domain/compliance/configuration.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { AssignmentsSchema } from '../schemas/configurationSchemas.ts';
import { findUnknown } from './findUnknown.ts';
import { withoutNulls } from './readDocument.ts';

export const AssignSchema = Type.Object({ assignments: AssignmentsSchema });
const Assign = Compile(AssignSchema);

type Assignments = DeviceCompliancePolicy['assignments'];

/**
 * The assignments in the body of Graph's `assign`.
 * @throws ConnectorError `invalidRequest`, naming each field that is invalid or unknown.
 */
export function readAssignments(body: object): Assignments {
  const given = withoutNulls(body) as object;
  const checked = checkShape(Assign, given);
  const details = checked.ok ? findUnknown(given, checked.value) : checked.problems;
  if (!checked.ok || details.length > 0)
    throw new ConnectorError('invalidRequest', 'the assignments are not valid', { details });
  return (checked.value as { readonly assignments: Assignments }).assignments;
}

/**
 * Each target once, with an id made from the policy's and the target's, as Graph does it. Group ids get one spelling, so
 * one group in two spellings is one target.
 */
export function withAssignmentIds(policyId: string, assignments: Assignments): Assignments {
  const byId = new Map(
    assignments.map((assignment) => {
      const target = withOneSpelling(assignment.target);
      const id = `${policyId}_${nameOf(target)}`;
      return [id, { id, target }];
    }),
  );
  return [...byId.values()];
}

function withOneSpelling(target: AssignmentTarget): AssignmentTarget {
  return 'groupId' in target ? { ...target, groupId: foldGuid(target.groupId) } : target;
}

function nameOf(target: AssignmentTarget): string {
  const type = target['@odata.type'].replace('#microsoft.graph.', '');
  if (!('groupId' in target)) return type;
  return type === 'exclusionGroupAssignmentTarget' ? `${type}_${target.groupId}` : target.groupId;
}
