import type { Config } from '../../settings/config.ts';
import type { DateTime } from '../../base/dateTime.ts';
import {
  applyAccessPolicies,
  type ReportOnlyResult,
} from '../../domain/access/applyAccessPolicies.ts';
import type { ComplianceEvaluation } from '../../domain/compliance/evaluateCompliance.ts';
import type { Identification } from '../../domain/vocabulary/identification.ts';
import type { Reason } from '../../domain/vocabulary/reason.ts';
import { remediationFor } from '../../domain/access/remediation.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { ComplianceState } from '../../domain/compliance/complianceState.ts';
import type { Log } from '../../base/log.ts';
import type { ConfigurationReader, DecisionLog, DeviceReader, Milestones } from '../ports/ports.ts';
import { ownerMark } from './ownerMark.ts';
import { toTicket } from './ticket.ts';
import { reachMilestone } from '../setup/reachMilestone.ts';
import type { Language } from '../../edge/texts/languages.ts';
import type { Instructions } from '../../edge/texts/texts.ts';
import { toInstructions } from '../../edge/texts/toInstructions.ts';
import type { AccessRequest } from './accessRequest.ts';
import { createDecisionId } from './decisionId.ts';
import { toDecisionRecord } from './decisionRecord.ts';
import { evaluateDevice } from './readDevice.ts';
import type { RateLimit } from './rateLimit.ts';

/** What every door needs of the world to decide. */
export interface DecisionServices {
  readonly config: Pick<Config, 'remediationUrl' | 'ticketKeys'>;
  readonly devices: DeviceReader;
  readonly configuration: ConfigurationReader;
  readonly decisions: DecisionLog;
  readonly milestones: Milestones;
  readonly rateLimit: RateLimit;
  readonly log: Log;
}

/** Who asks, when, and in which language its user is spoken to. */
export interface Asking {
  readonly caller: string;
  readonly at: Date;
  readonly language: Language;
}

/** The body of contract D.5. */
export interface AccessAnswer {
  readonly decisionId: string;
  readonly decision: 'allow' | 'block';
  readonly reasons: readonly Reason[];
  readonly identifiedBy: Identification;
  readonly complianceState: ComplianceState;
  readonly remediation: readonly (Instructions & { readonly code: string })[];
  readonly remediationUrl: string;
  readonly policyVersion: string;
  readonly reportOnlyPolicies: readonly ReportOnlyResult[];
  readonly evaluatedDateTime: DateTime;
  readonly expiresDateTime: DateTime;
}

export interface DecidedAccess {
  readonly request: AccessRequest;
  readonly evaluation: ComplianceEvaluation;
  readonly answer: AccessAnswer;
}

/**
 * Decides the requests, in their order: the one core behind every door. A point read each, and a line in the decision
 * log.
 * @throws ConnectorError `activityLimitReached` where the caller asks too often, `serviceNotAvailable` where the store
 * does not answer: nothing is decided then.
 */
export async function decideRequests(
  services: DecisionServices,
  requests: readonly AccessRequest[],
  { caller, at, language }: Asking,
): Promise<readonly DecidedAccess[]> {
  services.rateLimit.take(caller, requests.length, at);
  const configuration = await services.configuration.load();
  await reachMilestone(services, 'firstCaller', at.toISOString());
  const decided = await Promise.all(
    requests.map((request) => decideOne(services, request, { configuration, at, language })),
  );
  services.decisions.keep(decided.map((each) => toDecisionRecord(each, caller)));
  return decided;
}

async function decideOne(
  { devices, config }: DecisionServices,
  request: AccessRequest,
  context: {
    readonly configuration: Configuration;
    readonly at: Date;
    readonly language: Language;
  },
): Promise<DecidedAccess> {
  const { configuration, at, language } = context;
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
  const decisionId = createDecisionId(at);
  const answer: AccessAnswer = {
    decisionId,
    decision,
    reasons,
    identifiedBy,
    complianceState: evaluation.complianceState,
    remediation: remediationFor(reasons, evaluation.threats).map((each) =>
      toInstructions(each, language),
    ),
    remediationUrl: await remediationUrl(
      config,
      { ...request, decisionId, owner: ownerMark(evaluation.properties) },
      at,
    ),
    policyVersion,
    reportOnlyPolicies,
    evaluatedDateTime: now,
    expiresDateTime,
  };
  return { request, evaluation, answer };
}

/** Where the user is sent: the page of this very request, or one place for all. */
async function remediationUrl(
  { remediationUrl: url, ticketKeys }: DecisionServices['config'],
  ticket: Parameters<typeof toTicket>[0],
  at: Date,
): Promise<string> {
  const [key] = ticketKeys;
  if (key === undefined || !url.includes('{ticket}')) return url;
  return url.replace('{ticket}', await toTicket(ticket, key, at));
}
