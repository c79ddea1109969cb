import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { AccessDecision } from '../../domain/access/applyAccessPolicies.ts';
import { judgeDevices } from '../../domain/access/judgeDevices.ts';
import type { Resource } from '../../domain/access/accessContext.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { createDeviceRecord } from '../../domain/deviceRecord.ts';
import {
  evaluateCompliance,
  type ComplianceEvaluation,
} from '../../domain/compliance/evaluateCompliance.ts';
import type { Log } from '../../base/log.ts';
import type { ConfigurationReader } from '../ports/configuration.ts';
import type { DecisionLog, DecisionRecord } from '../ports/logs.ts';
import type { DeviceList } from '../ports/devices.ts';
import type { Milestones } from '../ports/milestones.ts';
import { recordMilestone } from '../setup/recordMilestone.ts';
import { createDecisionId } from './decisionId.ts';
import { toMasked } from './decisionRecord.ts';
import { evaluateUserDevices } from './userDevices.ts';

/** The ports that a decision about a user needs. */
export interface UserDecisionServices {
  readonly devices: DeviceList;
  readonly configuration: ConfigurationReader;
  readonly decisions: DecisionLog;
  readonly milestones: Milestones;
  readonly log: Log;
}

/** Whether a user may reach a resource, from a device that the caller cannot identify. */
export interface UserRequest {
  readonly userPrincipalName: string;
  readonly resource: Resource;
}

export interface UserDecision {
  readonly decisionId: string;
  readonly decision: 'allow' | 'block';
}

/**
 * Decides as for the worst of the user's enrolled devices, because the user may be on any of them. A user without a
 * device is blocked. The decision is logged like any other.
 * @throws ConnectorError `serviceNotAvailable` if the store does not answer; then nothing is decided.
 */
export async function decideUser(
  services: UserDecisionServices,
  { userPrincipalName, resource }: UserRequest,
  { caller, at }: { readonly caller: string; readonly at: Date },
): Promise<UserDecision> {
  const now = at.toISOString();
  const configuration = await services.configuration.load();
  await recordMilestone(services, 'firstCaller', now);
  const { evaluations } = await evaluateUserDevices(
    services.devices,
    userPrincipalName,
    configuration,
    now,
  );
  const context = { resource, identifiedBy: 'userPrincipalName', userPrincipalName } as const;
  const [first, ...others] = evaluations;
  const worst: DecidedDevice =
    first === undefined
      ? blockUnenrolled(configuration, now)
      : judgeDevices([first, ...others], context, configuration, now);
  const decisionId = createDecisionId(at, services.decisions.writer);
  const record = { decisionId, evaluatedDateTime: now, caller, resource };
  services.decisions.record(
    [{ ...record, ...toUserRecord(userPrincipalName, worst) }],
    services.log,
  );
  return { decisionId, decision: worst.decision };
}

function toUserRecord(
  userPrincipalName: string,
  { decision, evaluation: { complianceState }, reasons, policyVersion }: DecidedDevice,
): Omit<DecisionRecord, 'decisionId' | 'evaluatedDateTime' | 'caller' | 'resource'> {
  const user = toMasked(userPrincipalName);
  return {
    identifiedBy: 'userPrincipalName',
    device: user,
    userPrincipalName: user,
    decision,
    complianceState,
    reasonCodes: reasons.map(({ code }) => code),
    policyVersion,
  };
}

type DecidedDevice = Pick<AccessDecision, 'decision' | 'reasons' | 'policyVersion'> & {
  readonly evaluation: Pick<ComplianceEvaluation, 'complianceState'>;
};

/** Blocks under every policy, since no device of this user is known to be compliant. */
function blockUnenrolled(configuration: Configuration, now: DateTime): DecidedDevice {
  const evaluation = evaluateCompliance(createDeviceRecord(''), configuration, now);
  const { reasons, policyVersion } = evaluation;
  return { evaluation, reasons, policyVersion, decision: 'block' };
}
