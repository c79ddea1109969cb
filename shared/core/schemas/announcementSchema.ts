import { Type } from 'typebox';
import { COMPLIANCE_STATES } from '../../domain/compliance/complianceState.ts';
import { PARTNER_REPORTED_THREAT_STATES } from '../../domain/vocabulary/threat.ts';
import { DateTimeSchema, IdSchema } from './commonSchemas.ts';

export const AnnouncedSchema = Type.Object({
  complianceState: Type.Enum(COMPLIANCE_STATES),
  partnerReportedThreatState: Type.Enum(PARTNER_REPORTED_THREAT_STATES),
});

const envelope = {
  id: Type.String({ minLength: 1 }),
  deviceId: IdSchema,
  sequence: Type.Integer({ minimum: 1 }),
  occurredDateTime: DateTimeSchema,
  beganDateTime: Type.Optional(DateTimeSchema),
  userPrincipalName: Type.Optional(Type.String()),
  reasonCodes: Type.Array(Type.String()),
};

const TransitionSchema = Type.Object({
  ...envelope,
  type: Type.Literal('transition'),
  previous: AnnouncedSchema,
  current: AnnouncedSchema,
  lastKnown: Type.Partial(AnnouncedSchema),
});

const NoticeSchema = Type.Object({
  ...envelope,
  type: Type.Literal('notice'),
  actionType: Type.Enum(['notification', 'pushNotification']),
  policyId: IdSchema,
  policyDisplayName: Type.String(),
  notificationTemplateId: Type.Optional(Type.String()),
  notificationMessageCCList: Type.Optional(Type.Array(Type.String())),
  noncompliantSinceDateTime: DateTimeSchema,
  blockDateTime: DateTimeSchema,
});

/** An announcement as it is stored and queued. */
export const AnnouncementSchema = Type.Union([TransitionSchema, NoticeSchema]);
