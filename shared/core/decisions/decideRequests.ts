import { defined } from '../../base/defined.ts';
import type { Config } from '../../settings/config.ts';
import { judgeDevices } from '../../domain/access/judgeDevices.ts';
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
import { readDevices } from './readDevice.ts';
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
 * Decides the requests, in order; every protocol uses this function. Each request costs one line in the decision
 * log, and what `readDevices` costs. If an identifier means several devices, each is judged, and the first block decides.
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
  const [first, ...others] = await readDevices(devices, request.device, configuration, now);
  const { evaluation, decision, reasons, policyVersion, reportOnlyPolicies, expiresDateTime } =
    judgeDevices(
      [first.evaluation, ...others.map((each) => each.evaluation)],
      { resource, identifiedBy, ...defined({ userPrincipalName }) },
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
    ...(await toRemediationUrl(config, decision, at, {
      ...request,
      decisionId,
      owner: toOwnerMark(evaluation.properties),
    })),
    policyVersion,
    reportOnlyPolicies,
    evaluatedDateTime: now,
    expiresDateTime,
  };
  return { request, evaluation, outcome };
}

/**
 * The address for the user: the page of this request if tickets are configured, else one page for all. An allowance needs
 * no page of its own, so it seals no ticket: each ticket uses up some of its key.
 */
async function toRemediationUrl(
  { remediationUrl: url, ticketKeys }: DecisionServices['config'],
  decision: AccessOutcome['decision'],
  at: Date,
  ticket: Parameters<typeof toTicket>[0],
): Promise<Pick<AccessOutcome, 'remediationUrl'>> {
  const [key] = ticketKeys;
  if (key === undefined || !url.includes('{ticket}')) return { remediationUrl: url };
  if (decision === 'allow') return {};
  return { remediationUrl: url.replace('{ticket}', await toTicket(ticket, key, at)) };
}
