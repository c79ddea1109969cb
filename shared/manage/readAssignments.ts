import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../connectorError.ts';
import type { DeviceCompliancePolicy } from '../domain/configuration.ts';
import { checkShape } from '../ingest/checkShape.ts';
import { AssignmentsSchema } from './configurationSchemas.ts';

export const AssignSchema = Type.Object({ assignments: AssignmentsSchema });
const Assign = Compile(AssignSchema);

type Assignments = DeviceCompliancePolicy['assignments'];

/**
 * The assignments in the body of Graph's `assign`, each with the id that Graph gives it: the policy's and the target's.
 * @throws ConnectorError `invalidRequest` naming each field that is wrong.
 */
export function readAssignments(policyId: string, body: object): Assignments {
  const checked = checkShape(Assign, body);
  if (!checked.ok) {
    throw new ConnectorError('invalidRequest', 'the assignments are not valid', {
      details: checked.problems,
    });
  }
  const { assignments } = checked.value as { readonly assignments: Assignments };
  return assignments.map(({ target }) => ({
    id: `${policyId}_${'groupId' in target ? target.groupId : target['@odata.type'].replace('#microsoft.graph.', '')}`,
    target,
  }));
}
