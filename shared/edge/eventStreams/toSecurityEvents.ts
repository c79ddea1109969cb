import { defined } from '../../base/defined.ts';
import type {
  Announced,
  Announcement,
  Transition,
} from '../../domain/announcements/announcement.ts';
import type { PartnerReportedThreatState } from '../../domain/vocabulary/threat.ts';
import {
  COMPLIANCE_CHANGE,
  deliveredEvents,
  OKTA_RISK_CHANGE,
  RISK_LEVEL_CHANGE,
  type EventStream,
} from './eventStream.ts';

/** A security event before it is signed (RFC 8417 section 2.2). */
export interface SecurityEvent {
  readonly jti: string;
  readonly txn?: string;
  readonly sub_id?: object;
  readonly events: Readonly<Record<string, object>>;
}

/** CAEP 1.0 section 3.5; there is no word for what is not known. */
const STATUS_OF: Readonly<Record<Announced['complianceState'], string | undefined>> = {
  compliant: 'compliant',
  inGracePeriod: 'compliant',
  noncompliant: 'not-compliant',
  error: 'not-compliant',
  unknown: undefined,
};

type Levels = Readonly<Partial<Record<PartnerReportedThreatState, string>>>;

/** CAEP 1.0 section 3.8. */
const CAEP_LEVEL_OF: Levels = {
  secured: 'LOW',
  lowSeverity: 'LOW',
  mediumSeverity: 'MEDIUM',
  highSeverity: 'HIGH',
  compromised: 'HIGH',
};

const OKTA_LEVEL_OF: Levels = {
  secured: 'secure',
  lowSeverity: 'low',
  mediumSeverity: 'medium',
  highSeverity: 'high',
  compromised: 'high',
};

/** Okta has a word for what is not known. */
const OKTA_UNKNOWN = 'none';

/**
 * What a stream is told by an announcement: one event a token, in the stream's own words. Nothing of a notice, nothing
 * that is the same in these words, and of a device that was not known before no change of its compliance.
 */
export function toSecurityEvents(
  announcement: Announcement,
  stream: EventStream,
  issuer: string,
): readonly SecurityEvent[] {
  if (announcement.type !== 'transition') return [];
  const wanted = deliveredEvents(stream);
  const isOkta = stream.dialect === 'okta';
  const found = [
    { suffix: 'compliance', type: COMPLIANCE_CHANGE, event: toComplianceChange(announcement) },
    isOkta
      ? { suffix: 'risk', type: OKTA_RISK_CHANGE, event: toOktaRiskChange(announcement) }
      : { suffix: 'risk', type: RISK_LEVEL_CHANGE, event: toRiskLevelChange(announcement) },
  ];
  const subject = toSubject(announcement, issuer);
  return found.flatMap(({ suffix, type, event }) =>
    event === undefined || !wanted.includes(type)
      ? []
      : [
          {
            jti: `${announcement.id}:${suffix}`,
            txn: announcement.id,
            // Okta looks for the subject in the event.
            ...(isOkta ? {} : { sub_id: subject }),
            events: {
              [type]: { ...(isOkta ? { subject } : {}), ...event, ...about(announcement) },
            },
          },
        ],
  );
}

/**
 * Of a device that was never known nothing is said. One that was and no longer is (its enrolment has ended) gets in
 * nowhere: who let it in hears that it is not compliant.
 */
function toComplianceChange({ previous, current, lastKnown }: Transition): object | undefined {
  const wasKnown =
    previous.complianceState !== 'unknown' || lastKnown.complianceState !== undefined;
  if (!wasKnown) return undefined;
  const before = STATUS_OF[previous.complianceState] ?? 'not-compliant';
  const after = STATUS_OF[current.complianceState] ?? 'not-compliant';
  return before === after ? undefined : { previous_status: before, current_status: after };
}

function toRiskLevelChange({ previous, current, lastKnown }: Transition): object | undefined {
  const before =
    CAEP_LEVEL_OF[previous.partnerReportedThreatState] ??
    CAEP_LEVEL_OF[lastKnown.partnerReportedThreatState ?? 'unknown'];
  const after = CAEP_LEVEL_OF[current.partnerReportedThreatState];
  if (after === undefined || before === after) return undefined;
  return {
    principal: 'DEVICE',
    ...defined({ previous_level: before }),
    current_level: after,
    risk_reason: current.partnerReportedThreatState,
  };
}

function toOktaRiskChange({ previous, current }: Transition): object | undefined {
  const before = OKTA_LEVEL_OF[previous.partnerReportedThreatState] ?? OKTA_UNKNOWN;
  const after = OKTA_LEVEL_OF[current.partnerReportedThreatState] ?? OKTA_UNKNOWN;
  return before === after ? undefined : { previous_level: before, current_level: after };
}

/** CAEP 1.0 section 2: the time in seconds, by whom, and why. */
function about({ occurredDateTime, reasonCodes, current }: Transition): object {
  const reasons = reasonCodes.length === 0 ? [current.complianceState] : reasonCodes;
  return {
    event_timestamp: Math.floor(Date.parse(occurredDateTime) / 1000),
    initiating_entity: 'policy',
    reason_admin: { en: [...new Set(reasons)].join(', ') },
  };
}

/** RFC 9493, and SSF 1.0 section 3.2 for the complex one. */
function toSubject({ deviceId, userPrincipalName }: Announcement, issuer: string): object {
  return {
    format: 'complex',
    device: { format: 'iss_sub', iss: issuer, sub: deviceId },
    ...(userPrincipalName === undefined
      ? {}
      : { user: { format: 'email', email: userPrincipalName } }),
  };
}
