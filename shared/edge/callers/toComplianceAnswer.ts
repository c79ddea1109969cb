import type { DateTime } from '../../base/dateTime.ts';
import { remediationFor } from '../../domain/access/remediation.ts';
import type { ComplianceEvaluation } from '../../domain/compliance/evaluateCompliance.ts';
import type { Incident } from '../../domain/devices/device.ts';
import type { Language } from '../texts/languages.ts';
import { toInstructions } from '../texts/toInstructions.ts';

/** The answer of `GET /api/devices/{deviceId}/compliance`. */
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

/** Without its status, which the name of the list says. JSON leaves out `undefined`. */
function toOpenIncident(incident: Incident): object {
  return { ...incident, status: undefined };
}
