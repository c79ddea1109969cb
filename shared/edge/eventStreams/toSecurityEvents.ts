import { defined } from '../../base/defined.ts';
import type {
  Announced,
  Announcement,
  Transition,
} from '../../domain/announcements/announcement.ts';
import type { PartnerReportedThreatState } from '../../domain/vocabulary/threat.ts';
import type { EventStream } from './eventStream.ts';
import {
  COMPLIANCE_CHANGE,
  deliveredEvents,
  OKTA_RISK_CHANGE,
  RISK_LEVEL_CHANGE,
} from './eventTypes.ts';

/** A security event before it is signed (RFC 8417 section 2.2). */
export interface SecurityEvent {
  readonly jti: string;
  readonly txn?: string;
  readonly sub_id?: object;
  readonly events: Readonly<Record<string, object>>;
}

/** CAEP 1.0 section 3.5, which has no status for an unknown state. */
const STATUS_OF: Readonly<Record<Announced['complianceState'], string | undefined>> = {
  compliant: 'compliant',
  inGracePeriod: 'compliant',
  noncompliant: 'not-compliant',
  error: 'not-compliant',
  unknown: undefined,
};

type Levels = Readonly<Partial<Record<PartnerReportedThreatState, string>>>;

/** CAEP 1.0 section 3.8, which has no level for an unknown state. */
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

/** Okta's level for an unknown state. */
const OKTA_UNKNOWN = 'none';

/**
 * The events of an announcement for one stream, in its dialect, one for each token. There are none for a notice, for
 * states that the dialect does not distinguish, or for the compliance of a device that was not known before.
 */
export function toSecurityEvents(
  announcement: Announcement,
  stream: EventStream,
  issuer: string,
): readonly SecurityEvent[] {
  if (announcement.type !== 'transition') return [];
  const subscribed = deliveredEvents(stream);
  const isOkta = stream.dialect === 'okta';
  const candidates = [
    { suffix: 'compliance', type: COMPLIANCE_CHANGE, event: toComplianceChange(announcement) },
    isOkta
      ? { suffix: 'risk', type: OKTA_RISK_CHANGE, event: toOktaRiskChange(announcement) }
      : { suffix: 'risk', type: RISK_LEVEL_CHANGE, event: toRiskLevelChange(announcement) },
  ];
  const subject = toSubject(announcement, issuer);
  return candidates.flatMap(({ suffix, type, event }) =>
    event === undefined || !subscribed.includes(type)
      ? []
      : [
          {
            jti: `${announcement.id}:${suffix}`,
            txn: announcement.id,
            // Okta expects the subject inside the event.
            ...(isOkta ? {} : { sub_id: subject }),
            events: {
              [type]: { ...(isOkta ? { subject } : {}), ...event, ...about(announcement) },
            },
          },
        ],
  );
}

/**
 * `undefined` for a device that was never known. A device that is no longer known (its enrolment has ended) has no
 * access, so its receivers get `not-compliant`.
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

/** The claims of every event (CAEP 1.0 section 2): the time in seconds, who caused it, and why. */
function about({ occurredDateTime, reasonCodes, current }: Transition): object {
  const reasons = reasonCodes.length === 0 ? [current.complianceState] : reasonCodes;
  return {
    event_timestamp: Math.floor(Date.parse(occurredDateTime) / 1000),
    initiating_entity: 'policy',
    reason_admin: { en: [...new Set(reasons)].join(', ') },
  };
}

/** The device, and its user if known (RFC 9493; SSF 1.0 section 3.2 for the complex subject). */
function toSubject({ deviceId, userPrincipalName }: Announcement, issuer: string): object {
  return {
    format: 'complex',
    device: { format: 'iss_sub', iss: issuer, sub: deviceId },
    ...defined({
      user: userPrincipalName === undefined ? undefined : toEmail(userPrincipalName),
    }),
  };
}

function toEmail(address: string): object {
  return { format: 'email', email: address };
}
