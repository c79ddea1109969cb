import { createHash } from 'node:crypto';
import type { DateTime } from '../../base/dateTime.ts';
import type { Incident } from '../../domain/devices/device.ts';
import type { ComplianceEvaluation } from '../../domain/compliance/evaluateCompliance.ts';
import { remediationFor } from '../../domain/access/remediation.ts';
import type { Language } from '../texts/languages.ts';
import { toInstructions } from '../texts/toInstructions.ts';

/** The body of contract D.4. */
export function toComplianceAnswer(
  deviceId: string,
  evaluation: ComplianceEvaluation,
  now: DateTime,
  language: Language,
): object {
  const { lastDeviceHeartbeatDateTime, heartbeatDeadlineDateTime } = evaluation;
  return {
    deviceId,
    isManaged: evaluation.isManaged,
    complianceState: evaluation.complianceState,
    partnerReportedThreatState: evaluation.partnerReportedThreatState,
    threatLevelByDefence: evaluation.threatLevelByDefence,
    complianceGracePeriodExpirationDateTime: evaluation.complianceGracePeriodExpirationDateTime,
    lastDeviceHeartbeatDateTime,
    heartbeatDeadlineDateTime,
    reasons: evaluation.reasons,
    openIncidents: evaluation.openIncidents.map(toOpenIncident),
    remediation: remediationFor(evaluation.reasons, evaluation.threats).map((each) =>
      toInstructions(each, language),
    ),
    evaluatedDateTime: now,
    policyVersion: evaluation.policyVersion,
  };
}

/** Its status is said by the list that it stands in; `undefined` is left out of JSON. */
function toOpenIncident(incident: Incident): object {
  return { ...incident, status: undefined };
}

/** The entity tag of an answer: the same while nothing but the moment of evaluation changes (RFC 9110 section 8.8.3). */
export function toEtag(answer: object): string {
  const content = JSON.stringify({ ...answer, evaluatedDateTime: undefined });
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/** Whether `If-None-Match` names `etag`; weak comparison, as RFC 9110 section 13.1.2 wants it for reading. */
export function isNoneMatch(header: string | null, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return !tags.some((tag) => tag === etag || tag === '*');
}
