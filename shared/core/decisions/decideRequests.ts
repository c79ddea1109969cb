import type { Config } from '../../settings/config.ts';
import { applyAccessPolicies } from '../../domain/access/applyAccessPolicies.ts';
import { remediationFor } from '../../domain/access/remediation.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { Log } from '../../base/log.ts';
import type { ConfigurationReader } from '../ports/configuration.ts';
import type { DecisionLog } from '../ports/logs.ts';
import type { DeviceReader } from '../ports/devices.ts';
import type { Milestones } from '../ports/milestones.ts';
import { toOwnerMark } from './toOwnerMark.ts';
import { toTicket } from './ticket.ts';
import { recordMilestone } from '../setup/recordMilestone.ts';
import type { AccessRequest } from './accessRequest.ts';
import { createDecisionId } from './decisionId.ts';
import { toDecisionRecord } from './decisionRecord.ts';
import { evaluateDevice } from './readDevice.ts';
import type { RateLimit } from './rateLimit.ts';
import type { DecidedAccess, AccessOutcome } from './decidedAccess.ts';

/** The ports that a decision needs. */
export interface DecisionServices {
  readonly config: Pick<Config, 'remediationUrl' | 'ticketKeys'>;
  readonly devices: DeviceReader;
  readonly configuration: ConfigurationReader;
  readonly decisions: DecisionLog;
  readonly milestones: Milestones;
  readonly rateLimit: RateLimit;
  readonly log: Log;
}

/** The caller, for rate limits and logs, and the time at which the decisions are made. */
export interface DecisionContext {
  readonly caller: string;
  readonly at: Date;
}

/**
 * Decides the requests, in order; every protocol uses this function. Each request costs one point read and one line in
 * the decision log.
 * @throws ConnectorError `activityLimitReached` if the caller asks too often, `serviceNotAvailable` if the store does
 * not answer; then no request is decided.
 */
export async function decideRequests(
  services: DecisionServices,
  requests: readonly AccessRequest[],
  { caller, at }: DecisionContext,
): Promise<readonly DecidedAccess[]> {
  services.rateLimit.take(caller, requests.length, at);
  const configuration = await services.configuration.load();
  await recordMilestone(services, 'firstCaller', at.toISOString());
  const decided = await Promise.all(
    requests.map((request) => decideOne(services, request, { configuration, at })),
  );
  services.decisions.record(
    decided.map((each) => toDecisionRecord(each, caller)),
    services.log,
  );
  return decided;
}

async function decideOne(
  { devices, config, decisions }: DecisionServices,
  request: AccessRequest,
  { configuration, at }: { readonly configuration: Configuration; readonly at: Date },
): Promise<DecidedAccess> {
  const now = at.toISOString();
  const { resource, userPrincipalName } = request;
  const { identifiedBy } = request.device;
  const evaluation = await evaluateDevice(devices, request.device, configuration, now);
  const { decision, reasons, policyVersion, reportOnlyPolicies, expiresDateTime } =
    applyAccessPolicies(
      evaluation,
      { resource, identifiedBy, ...(userPrincipalName === undefined ? {} : { userPrincipalName }) },
      configuration,
      now,
    );
  const decisionId = createDecisionId(at, decisions.writer);
  const outcome: AccessOutcome = {
    decisionId,
    decision,
    reasons,
    identifiedBy,
    complianceState: evaluation.complianceState,
    remediation: remediationFor(reasons, evaluation.threats),
    remediationUrl: await remediationUrl(
      config,
      { ...request, decisionId, owner: toOwnerMark(evaluation.properties) },
      at,
    ),
    policyVersion,
    reportOnlyPolicies,
    evaluatedDateTime: now,
    expiresDateTime,
  };
  return { request, evaluation, outcome };
}

/** The address for the user: the page of this request if tickets are configured, else one page for all. */
async function remediationUrl(
  { remediationUrl: url, ticketKeys }: DecisionServices['config'],
  ticket: Parameters<typeof toTicket>[0],
  at: Date,
): Promise<string> {
  const [key] = ticketKeys;
  if (key === undefined || !url.includes('{ticket}')) return url;
  return url.replace('{ticket}', await toTicket(ticket, key, at));
}
