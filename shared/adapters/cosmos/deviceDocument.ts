import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { AnnouncedSchema, AnnouncementSchema } from '../../core/schemas/announcementSchema.ts';
import type { ComplianceState } from '../../domain/compliance/complianceState.ts';
import { USER_PROPERTIES } from '../../domain/vocabulary/signal.ts';
import { managedProperties } from '../../domain/devices/device.ts';
import { sweepDueDateTime, type DeviceRecord } from '../../domain/deviceRecord.ts';
import { defined } from '../../base/defined.ts';
import { foldName } from '../../base/foldName.ts';
import { findProblems } from '../../base/validation/findProblems.ts';
import { DateTimeSchema, IdSchema } from '../../core/schemas/commonSchemas.ts';
import {
  AppVersionSchema,
  StoredManagedDevicePropertiesSchema,
} from '../../core/schemas/deviceSchemas.ts';
import {
  DoubtfulIncidentProperties,
  HealthStateSchema,
  IncidentProperties,
  RiskLevelSchema,
} from '../../core/schemas/incidentSchemas.ts';
import {
  ReportFaultSchema,
  ReportFaultsSchema,
  ReportKindSchema,
} from '../../core/schemas/reportFaultSchemas.ts';
import { DEFENCES, INCIDENT_SEVERITIES } from '../../domain/vocabulary/threat.ts';
import { TelemetryProperties } from '../../core/schemas/telemetrySchemas.ts';

/** The record of an unenrolled device waits this long for the enrolment. */
const UNMANAGED_RETENTION_IN_SECONDS = 90 * 24 * 60 * 60;

/**
 * A record as it is stored. Two fields keep their first names: stored documents outlive a release, and during a
 * deployment or a rollback two releases read the same documents.
 */
interface StoredRecord extends Omit<DeviceRecord, 'announcementCount' | 'sentNotices'> {
  /** `announcementCount`. */
  readonly transitionCount: number;
  /** `sentNotices`. */
  readonly toldNotices?: readonly string[];
}

/** A document of the `devices` container: the record, and beside it the fields that are queried. */
export interface DeviceDocument {
  readonly id: string;
  readonly deviceId: string;
  readonly isManaged: boolean;
  readonly complianceState: ComplianceState;
  readonly operatingSystem?: string;
  /** In the form of `toUserKey`; the record keeps the spelling of the enrolment. */
  readonly userPrincipalName?: string;
  readonly sweepDueDateTime?: string;
  readonly silenceDueDateTime?: string;
  readonly ttl?: number;
  readonly record: StoredRecord;
}

/** The document for `record`. */
export function toDeviceDocument(record: DeviceRecord): DeviceDocument {
  const { deviceId } = record.device;
  const properties = managedProperties(record.device);
  const due = sweepDueDateTime(record);
  const silenceDue = record.evaluation?.silenceDueDateTime;
  return {
    id: deviceId,
    deviceId,
    isManaged: properties !== undefined,
    complianceState: record.evaluation?.complianceState ?? 'unknown',
    ...(properties === undefined ? { ttl: UNMANAGED_RETENTION_IN_SECONDS } : {}),
    ...defined({ operatingSystem: properties?.operatingSystem }),
    ...(properties?.userPrincipalName
      ? { userPrincipalName: toUserKey(properties.userPrincipalName) }
      : {}),
    ...defined({ sweepDueDateTime: due, silenceDueDateTime: silenceDue }),
    record: toStoredRecord(record),
  };
}

function toStoredRecord({ announcementCount, sentNotices, ...same }: DeviceRecord): StoredRecord {
  return { ...same, transitionCount: announcementCount, ...defined({ toldNotices: sentNotices }) };
}

function fromStoredRecord({ transitionCount, toldNotices, ...same }: StoredRecord): DeviceRecord {
  return { ...same, announcementCount: transitionCount, ...defined({ sentNotices: toldNotices }) };
}

/** The form in which users are queried: Entra ignores case, Cosmos DB does not. */
export function toUserKey(userPrincipalName: string): string {
  return foldName(userPrincipalName);
}

/** The forms that `toUserKey` had in older releases, for a name in either Unicode form. */
export function formerUserKeys(userPrincipalName: string): readonly [string, string] {
  const lowerCase = userPrincipalName.toLowerCase();
  return [lowerCase.normalize('NFC'), lowerCase.normalize('NFD')];
}

const stamp = { observedDateTime: DateTimeSchema, signalId: IdSchema };
const Stamp = Type.Optional(Type.Object(stamp));
const VerdictSchema = Type.Object({
  ...stamp,
  value: Type.Object({
    riskLevel: RiskLevelSchema,
    healthState: Type.Optional(HealthStateSchema),
    faults: Type.Optional(ReportFaultsSchema),
  }),
});
const IncidentSchema = Type.Object({
  ...IncidentProperties,
  ...DoubtfulIncidentProperties,
  status: Type.Enum(['open', 'resolved']),
});
/** What one source reported. */
const reports = {
  activated: Stamp,
  deactivated: Stamp,
  heartbeat: Type.Optional(
    Type.Object({
      ...stamp,
      value: Type.Object({ appVersion: Type.Optional(AppVersionSchema) }),
    }),
  ),
  lastSeenDateTime: Type.Optional(DateTimeSchema),
  assessedSinceDateTime: Type.Optional(DateTimeSchema),
  verdict: Type.Optional(VerdictSchema),
  knownVerdict: Type.Optional(VerdictSchema),
  doubtfulVerdicts: Type.Optional(Type.Array(VerdictSchema)),
  incidents: Type.Array(
    Type.Object({
      ...stamp,
      receivedDateTime: Type.Optional(DateTimeSchema),
      value: IncidentSchema,
      known: Type.Optional(Type.Object({ ...stamp, value: IncidentSchema })),
      doubtful: Type.Optional(Type.Array(Type.Object({ ...stamp, value: IncidentSchema }))),
    }),
  ),
  tombstones: Type.Optional(
    Type.Array(
      Type.Object({
        incidentId: IdSchema,
        observedDateTime: DateTimeSchema,
        receivedDateTime: DateTimeSchema,
        resolvedDateTime: Type.Optional(DateTimeSchema),
      }),
    ),
  ),
  incidentOverflow: Type.Optional(
    Type.Object({
      open: Type.Record(Type.String(), Type.Number()),
      lostCount: Type.Integer({ minimum: 0 }),
      types: Type.Record(Type.String(), Type.Enum(INCIDENT_SEVERITIES)),
      worst: Type.Partial(Type.Record(Type.Enum(DEFENCES), Type.Enum(INCIDENT_SEVERITIES))),
      observedDateTime: DateTimeSchema,
    }),
  ),
  incidentReported: Stamp,
  unreadable: Type.Optional(
    Type.Partial(
      Type.Record(
        ReportKindSchema,
        Type.Array(
          Type.Object({
            ...stamp,
            value: Type.Object({ faults: Type.Tuple([ReportFaultSchema]) }),
          }),
        ),
      ),
    ),
  ),
  faultsSince: Type.Optional(Type.Record(Type.String(), DateTimeSchema)),
  physical: Type.Optional(Type.Object({ ...stamp, value: TelemetryProperties.physical })),
  network: Type.Optional(Type.Object({ ...stamp, value: TelemetryProperties.network })),
  application: Type.Optional(Type.Object({ ...stamp, value: TelemetryProperties.application })),
  vulnerability: Type.Optional(Type.Object({ ...stamp, value: TelemetryProperties.vulnerability })),
};
const RecordSchema = Compile(
  Type.Object({
    device: Type.Object({
      deviceId: IdSchema,
      enrolment: Type.Optional(
        Type.Object({
          ...stamp,
          value: Type.Union([
            Type.Object({
              isEnrolled: Type.Literal(true),
              properties: StoredManagedDevicePropertiesSchema,
              managedDeviceId: Type.Optional(IdSchema),
            }),
            Type.Object({ isEnrolled: Type.Literal(false) }),
          ]),
        }),
      ),
      namedUserBy: Type.Optional(Type.Array(Type.Enum(USER_PROPERTIES))),
      ...reports,
      unreadableCleared: Stamp,
      sources: Type.Optional(Type.Record(Type.String(), Type.Object(reports))),
    }),
    evaluation: Type.Optional(
      Type.Interface([AnnouncedSchema], {
        isManaged: Type.Boolean(),
        isSilent: Type.Boolean(),
        evaluatedDateTime: DateTimeSchema,
        configuredDateTime: Type.Optional(DateTimeSchema),
        silenceDueDateTime: Type.Optional(DateTimeSchema),
        changeDueDateTime: Type.Optional(DateTimeSchema),
        noticeDueDateTime: Type.Optional(DateTimeSchema),
        policyStates: Type.Record(
          Type.String(),
          Type.Object({
            noncompliantSinceDateTime: Type.Optional(DateTimeSchema),
            errorSinceDateTime: Type.Optional(DateTimeSchema),
          }),
        ),
      }),
    ),
    beganDateTime: Type.Optional(DateTimeSchema),
    transitionCount: Type.Integer({ minimum: 0 }),
    outbox: Type.Array(AnnouncementSchema),
    lastKnown: Type.Optional(Type.Partial(AnnouncedSchema)),
    toldNotices: Type.Optional(Type.Array(Type.String())),
  }),
);

/**
 * The record in a stored document.
 * @throws ConnectorError `deviceRecordInvalid`, naming the field, if it does not fit the schema: an unreadable device
 * is blocked, never treated as an unknown one.
 */
export function fromDeviceDocument(document: unknown, deviceId: string): DeviceRecord {
  const record =
    typeof document === 'object' && document !== null && 'record' in document
      ? document.record
      : undefined;
  const problems = findProblems(RecordSchema, record);
  if (problems.length === 0) return fromStoredRecord(record as StoredRecord);
  const [problem] = problems;
  throw new ConnectorError(
    'deviceRecordInvalid',
    `the record of device \`${deviceId}\` cannot be read: ${problem?.path ?? ''} ${problem?.message ?? ''}`,
    { details: problems },
  );
}
