import type { Configuration } from '../../domain/compliance/configuration.ts';
import {
  applyAccessPolicies,
  type AccessDecision,
} from '../../domain/access/applyAccessPolicies.ts';
import type { Resource } from '../../domain/access/accessContext.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { createDeviceRecord } from '../../domain/deviceRecord.ts';
import {
  evaluateCompliance,
  type ComplianceEvaluation,
} from '../../domain/compliance/evaluateCompliance.ts';
import type { Log } from '../../base/log.ts';
import type { ConfigurationReader } from '../ports/configuration.ts';
import type { DecisionLog } from '../ports/logs.ts';
import type { DeviceList } from '../ports/devices.ts';
import type { Milestones } from '../ports/milestones.ts';
import { reachMilestone } from '../setup/reachMilestone.ts';
import { createDecisionId } from './decisionId.ts';
import { toMasked } from './decisionRecord.ts';
import { evaluateUserDevices } from './userDevices.ts';

/** What is needed of the world to decide about a user. */
export interface UserDecisionServices {
  readonly devices: DeviceList;
  readonly configuration: ConfigurationReader;
  readonly decisions: DecisionLog;
  readonly milestones: Milestones;
  readonly log: Log;
}

/** May this user have this, on a device that the caller cannot name. */
export interface UserRequest {
  readonly userPrincipalName: string;
  readonly resource: Resource;
}

export interface UserDecision {
  readonly decisionId: string;
  readonly decision: 'allow' | 'block';
}

/**
 * Decides as the worst of the user's enrolled devices would be decided, because any of them may be the one; a user
 * without one is blocked. Goes into the decision log as any decision.
 * @throws ConnectorError `serviceNotAvailable` where the store does not answer: nothing is decided then.
 */
export async function decideUser(
  services: UserDecisionServices,
  { userPrincipalName, resource }: UserRequest,
  { caller, at }: { readonly caller: string; readonly at: Date },
): Promise<UserDecision> {
  const now = at.toISOString();
  const configuration = await services.configuration.load();
  await reachMilestone(services, 'firstCaller', now);
  const { evaluations } = await evaluateUserDevices(
    services.devices,
    userPrincipalName,
    configuration,
    now,
  );
  const context = { resource, identifiedBy: 'userPrincipalName', userPrincipalName } as const;
  const decided = evaluations.map((evaluation): DecidedDevice => ({
    complianceState: evaluation.complianceState,
    ...applyAccessPolicies(evaluation, context, configuration, now),
  }));
  const worst =
    decided.find((each) => each.decision === 'block') ??
    decided[0] ??
    blockUnenrolled(configuration, now);
  const { decision } = worst;
  const decisionId = createDecisionId(at);
  services.decisions.record([
    {
      decisionId,
      evaluatedDateTime: now,
      caller,
      resource,
      identifiedBy: 'userPrincipalName',
      device: toMasked(userPrincipalName),
      userPrincipalName: toMasked(userPrincipalName),
      decision,
      complianceState: worst.complianceState,
      reasonCodes: worst.reasons.map(({ code }) => code),
      policyVersion: worst.policyVersion,
    },
  ]);
  return { decisionId, decision };
}

type DecidedDevice = Pick<AccessDecision, 'decision' | 'reasons' | 'policyVersion'> &
  Pick<ComplianceEvaluation, 'complianceState'>;

/** Whatever the policies say: of a user without a device nothing is known that could be good. */
function blockUnenrolled(configuration: Configuration, now: DateTime): DecidedDevice {
  const evaluation = evaluateCompliance(createDeviceRecord(''), configuration, now);
  return { ...evaluation, decision: 'block' };
}
