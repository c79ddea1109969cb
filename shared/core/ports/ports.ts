import type { Failure } from '../devices/deadLetter.ts';
import type { Configuration, SilenceBreaker } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Identification, IdentifiedBy } from '../../domain/vocabulary/identification.ts';
import type { ComplianceState } from '../../domain/compliance/complianceState.ts';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import type { DeviceRecord } from '../../domain/deviceRecord.ts';
import type { Publication } from '../../domain/announcements/publication.ts';
import type { RejectedItem } from '../ingest/parsed.ts';
import type { Milestone } from '../setup/setupSteps.ts';
import type {
  ManagedDeviceProperties,
  OperatingSystem,
  Signal,
} from '../../domain/vocabulary/signal.ts';

/**
 * What the core asks of the world. Each port lists only what is called.
 * All of them throw `ConnectorError` `serviceNotAvailable` or `activityLimitReached` where waiting may help.
 */

/** A record with the version that it was read at. */
export interface StoredDevice {
  readonly record: DeviceRecord;
  readonly etag: string;
}

/** By what a caller can name a device apart from its id. */
export const DEVICE_IDENTIFIERS = [
  'serialNumber',
  'udid',
  'imei',
  'wiFiMacAddress',
] as const satisfies readonly Identification[];
export type DeviceIdentifier = (typeof DEVICE_IDENTIFIERS)[number];

export interface DeviceReader {
  /** One point read. `undefined` where nothing is kept. @throws `deviceRecordInvalid` where it cannot be read. */
  load(deviceId: string): Promise<StoredDevice | undefined>;
  /** The devices that were enrolled with that identifier, the latest first; the caller checks which still are. One point read. */
  findDeviceIds(identifier: DeviceIdentifier, value: string): Promise<readonly string[]>;
  /** The same as it was up to a minute ago; empty where this process has not asked since. */
  cachedDeviceIds(identifier: DeviceIdentifier, value: string): readonly string[];
}

export interface DeviceStore extends DeviceReader {
  /**
   * Writes the record if it is still at `etag` (`undefined`: if it does not exist yet); returns the new version, or
   * `conflict` where somebody else was first.
   */
  save(
    record: DeviceRecord,
    etag: string | undefined,
  ): Promise<{ readonly etag: string } | 'conflict'>;
  /** Makes the device findable by these properties. Idempotent. */
  saveIdentifiers(deviceId: string, properties: ManagedDeviceProperties): Promise<void>;
}

/** Which devices the objects of Entra's directory are: what it has removed it names by these alone. */
export interface DirectoryObjects {
  /** Idempotent. */
  keep(objectId: string, deviceId: string): Promise<void>;
  find(objectId: string): Promise<string | undefined>;
}

export interface DueDevices {
  /** Ids of the devices that are due at `now`, then of those whose silence is at `clock`, in pages. */
  findDue(now: DateTime, clock: DateTime): AsyncIterable<readonly string[]>;
  /** How many devices would turn silent at `clock`, and the earliest of their deadlines. */
  countSilent(clock: DateTime): Promise<{ readonly count: number; readonly earliest?: DateTime }>;
  countManaged(): Promise<number>;
  /** Whether there are so many managed devices: costs what is asked for, however many there are. */
  hasManaged(count: number): Promise<boolean>;
}

export interface ManagedDeviceIds {
  /** The next ids of enrolled devices after `after`, in their order; empty at the end. */
  listManagedIds(after: string, top: number): Promise<readonly string[]>;
}

export interface DeviceFilter {
  readonly complianceState?: ComplianceState;
  readonly operatingSystem?: OperatingSystem;
  /** In upper or lower case, as it comes. */
  readonly userPrincipalName?: string;
}

/** A record of a list that cannot be read: it must not hide the others. */
export interface UnreadableRecord {
  readonly deviceId: string;
  readonly message: string;
}

export interface DevicePage {
  readonly records: readonly DeviceRecord[];
  readonly unreadable: readonly UnreadableRecord[];
  readonly continuation?: string;
}

export interface DeviceList {
  /** One page of the managed devices, and where the next begins. An empty page with a continuation is legal. */
  list(filter: DeviceFilter, top: number, continuation: string | undefined): Promise<DevicePage>;
}

export interface ConfigurationReader {
  /** The configuration as it was at most a few seconds ago. */
  load(): Promise<Configuration>;
}

export interface ConfigurationCache {
  /** The next `load` reads anew: what was just written is in the next answer of this process. */
  forget(): void;
}

export interface ConfigurationStore extends ConfigurationReader {
  /** Notes that the partner was heard at `moment`, unless it was heard later than that already. */
  recordPartnerActivity(moment: DateTime): Promise<void>;
  saveSilenceBreaker(breaker: SilenceBreaker): Promise<void>;
}

/** A document of the `configuration` container, with the version that it was read at. */
export interface VersionedDocument {
  readonly document: Readonly<Record<string, unknown>> & {
    readonly id: string;
    readonly kind: string;
  };
  readonly etag: string;
}

export interface ConfigurationDocuments {
  /** One document, of any kind. */
  loadDocument(kind: string, id: string): Promise<VersionedDocument | undefined>;
  /** Every document that an evaluation reads, as it is now. */
  listDocuments(): Promise<readonly VersionedDocument[]>;
  /** Every document of a kind, as it is now. */
  listKind(kind: string): Promise<readonly VersionedDocument[]>;
  /** Writes the document if it is still at `etag` (`undefined`: if it does not exist yet). */
  saveDocument(
    document: VersionedDocument['document'],
    etag: string | undefined,
  ): Promise<VersionedDocument | 'conflict'>;
  /** Removes the document if it is still at `etag`. */
  deleteDocument(
    document: VersionedDocument['document'],
    etag: string,
  ): Promise<'deleted' | 'conflict'>;
}

/** One change of the configuration; Graph `auditEvent`. */
export interface AuditEvent {
  readonly id: string;
  readonly activityDateTime: DateTime;
  readonly activityType: string;
  /** `pending` where the writer was cut off between saying and doing. */
  readonly activityResult: 'pending' | 'success' | 'failure';
  /** The application and the person or service principal, as their token names them. */
  readonly actor: {
    readonly applicationId?: string;
    readonly subject?: string;
    readonly userPrincipalName?: string;
  };
  readonly resourceType: string;
  readonly resourceId: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface AuditLog {
  /** Keeps the event, in place of one with the same id. */
  keep(event: AuditEvent): Promise<void>;
  /** One page, latest first. */
  list(
    top: number,
    continuation: string | undefined,
  ): Promise<{ readonly events: readonly AuditEvent[]; readonly continuation?: string }>;
}

export interface Milestones {
  /** Notes when it was first reached; once more does nothing. */
  reach(milestone: Milestone, moment: DateTime): Promise<void>;
  list(): Promise<Readonly<Partial<Record<Milestone, DateTime>>>>;
}

/** What is kept of a decision; identifiers are masked. */
export interface DecisionRecord {
  readonly decisionId: string;
  readonly evaluatedDateTime: DateTime;
  /** The application, or the name of the key, that asked. */
  readonly caller: string;
  readonly resource: string;
  readonly identifiedBy: IdentifiedBy;
  /** Of the device; of the user, where no device was named. */
  readonly device: string;
  readonly userPrincipalName?: string;
  readonly decision: 'allow' | 'block';
  readonly complianceState: ComplianceState;
  readonly reasonCodes: readonly string[];
  readonly policyVersion: string;
}

export interface DecisionLog {
  /** Keeps the records soon; never fails and never waits, since a decision does not hang on its log. */
  keep(records: readonly DecisionRecord[]): void;
  /** The record of a decision made at `moment`. */
  find(decisionId: string, moment: Date): Promise<DecisionRecord | undefined>;
}

/** A signal on its way, with how often it has failed. */
export interface QueuedSignal {
  readonly attempt: number;
  readonly signal: Signal;
}

export interface SignalSender {
  /** Resolves once the broker has every one of them; on failure some may be there already, which is harmless. */
  send(signals: readonly Signal[]): Promise<void>;
}

export interface MessageRetry {
  /** Sends a message again, to be delivered after a delay. */
  sendLater(body: unknown, delayInSeconds: number): Promise<void>;
  /** Puts a message where an operator finds it, with the code and the reason. */
  deadLetter(body: unknown, failure: Failure): Promise<void>;
}

export interface AnnouncementSender {
  /** Resolves once the broker has every one of them, in order. */
  publish(announcements: readonly Announcement[]): Promise<void>;
}

/** A publication with the version that it was read at. */
export interface StoredPublication {
  readonly publication: Publication;
  readonly etag: string;
}

export interface PublicationStore {
  /** One point read. `undefined` where the device has told nothing yet. */
  loadPublication(deviceId: string): Promise<StoredPublication | undefined>;
  /** Writes it if it is still at `etag` (`undefined`: if it does not exist yet). */
  savePublication(
    publication: Publication,
    etag: string | undefined,
  ): Promise<'saved' | 'conflict'>;
  /** Ids of the devices of which a target has to be told something at `now`, in pages. */
  findDuePublications(now: DateTime): AsyncIterable<readonly string[]>;
  /** Ids of those that are due later: what is held for a paused target is among them. */
  findWaitingPublications(now: DateTime): AsyncIterable<readonly string[]>;
}

/** A security event token that waits to be fetched. */
export interface WaitingToken {
  readonly jti: string;
  readonly token: string;
}

/** What event streams have yet to fetch, and whom their receivers have taken out. */
export interface EventMailbox {
  /** Keeps the token, unless one with the same `jti` is there; those with lower positions are fetched first. */
  put(streamId: string, token: WaitingToken, position: string): Promise<void>;
  /** The first of those that wait, at most `top`. */
  list(streamId: string, top: number): Promise<readonly WaitingToken[]>;
  /** Idempotent. */
  remove(streamId: string, jti: string): Promise<void>;
  excludeSubject(streamId: string, subject: string): Promise<void>;
  includeSubject(streamId: string, subject: string): Promise<void>;
  isExcludedSubject(streamId: string, subject: string): Promise<boolean>;
}

/** One attempt at a webhook endpoint. */
export interface DeliveryRecord {
  readonly id: string;
  readonly attemptedDateTime: DateTime;
  readonly webhookId: string;
  readonly type: string;
  readonly outcome: 'delivered' | 'failed' | 'refused';
  /** What the endpoint answered; absent where it did not. */
  readonly status?: number;
  readonly code?: string;
  readonly durationInMilliseconds: number;
}

export interface DeliveryLog {
  keep(endpointId: string, record: DeliveryRecord): Promise<void>;
  /** One page, latest first. */
  list(
    endpointId: string,
    top: number,
    continuation: string | undefined,
  ): Promise<{ readonly records: readonly DeliveryRecord[]; readonly continuation?: string }>;
}

/** A request of which something was rejected. */
export interface QuarantinedRequest {
  /** Where it came: by which rules it is read. */
  readonly source: 'webhook' | 'telemetry';
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly requestId: string;
  readonly receivedDateTime: DateTime;
  readonly rejected: readonly RejectedItem[];
}

/** What a list shows of one. */
export interface QuarantineEntry {
  readonly name: string;
  readonly receivedDateTime: DateTime;
  readonly source: QuarantinedRequest['source'];
  readonly rejectedCount: number;
  /** Why the first of them was. */
  readonly code: string;
}

export interface Quarantine {
  /** Keeps a rejected request, raw, under a name that a repeat of it has too. */
  keep(name: string, request: QuarantinedRequest): Promise<void>;
  /** One page, in the order of their names. */
  list(
    top: number,
    continuation: string | undefined,
  ): Promise<{ readonly entries: readonly QuarantineEntry[]; readonly continuation?: string }>;
  load(name: string): Promise<QuarantinedRequest | undefined>;
  /** Idempotent. */
  remove(name: string): Promise<void>;
}

/** Something that must answer before the system can do its work. @throws where it does not. */
export interface Dependency {
  readonly name: string;
  check(): Promise<void>;
}

/** Tokens of one issuer. */
export interface SignedTokens<T> {
  /**
   * What the token says.
   * @throws ConnectorError `unauthenticated` where it is not valid now, `serviceNotAvailable` where the issuer's keys
   * cannot be had.
   */
  verify(token: string, now: Date): Promise<T>;
}
