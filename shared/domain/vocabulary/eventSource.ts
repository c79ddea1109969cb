import type { DateTime } from '../../base/dateTime.ts';

/**
 * What a source of events speaks. `cloudEvents` is this system's own contract; `sepMobileSiem` is SEP Mobile's SIEM export;
 * `sesEventExport` and `sesBlob` are the event export and the event streaming of Symantec Endpoint Security.
 */
export const EVENT_SOURCE_KINDS = [
  'cloudEvents',
  'sepMobileSiem',
  'sesEventExport',
  'sesBlob',
  'zimperium',
  'lookout',
] as const;
export type EventSourceKind = (typeof EVENT_SOURCE_KINDS)[number];

/** The kinds whose events this system fetches. The others are pushed to it. */
const PULLED_KINDS = ['sesEventExport', 'sesBlob'] as const satisfies readonly EventSourceKind[];
export type PulledKind = (typeof PULLED_KINDS)[number];

export function isPulledKind(kind: EventSourceKind): kind is PulledKind {
  return PULLED_KINDS.some((each) => each === kind);
}

/** The source of `webhooks/sep-mobile` and `telemetry`. It exists without a document, and signals of it name no source. */
export const DEFAULT_SOURCE_ID = 'default';

/** Platforms as connectors and policies name them. */
type SourcePlatform = 'android' | 'iOS';

/** A source of events. Its secret is a setting, never a part of it. */
export interface EventSource {
  readonly id: string;
  readonly kind: EventSourceKind;
  readonly displayName: string;
  /** The facts of a disabled source are kept, and do not count. */
  readonly isEnabled: boolean;
  /**
   * On these platforms a device without an assessment by this source has missing data (Intune's rule for several
   * partners: each has to vouch). If no source is required on a platform, one assessment by any of them is enough.
   */
  readonly requiredPlatforms: readonly SourcePlatform[];
  /**
   * A device that gave this source no sign of life for this long is silent. Absent: the source sends none, so its silence
   * says nothing. The source `default` has the window of the tenant settings.
   */
  readonly silenceWindowInSeconds?: number;
  /** How long a detection counts that the source never ends. */
  readonly detectionLifetimeInHours: number;
  /** When this source was last heard. The clocks of its devices stand still after that. */
  readonly lastEventDateTime?: DateTime;
  readonly lastModifiedDateTime?: DateTime;
  /** Where a pushed event has the secret. */
  readonly authentication?: {
    readonly headerName?: string;
    readonly queryName?: string;
    /** By default `true`: some senders know no other place. */
    readonly isQueryAllowed?: boolean;
  };
  /** Where events are fetched. */
  readonly connection?: {
    readonly endpoint?: string;
    readonly streamId?: string;
    readonly channelId?: string;
    readonly containerUrl?: string;
    readonly prefix?: string;
  };
  /** An operator's words in place of rows of the kind's table: by field, then by word in lower case. */
  readonly mapping?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * The source `default` as long as nobody has written its document.
 */
export const DEFAULT_EVENT_SOURCE: EventSource = {
  id: DEFAULT_SOURCE_ID,
  kind: 'cloudEvents',
  displayName: 'SEP Mobile',
  isEnabled: true,
  requiredPlatforms: [],
  detectionLifetimeInHours: 7 * 24,
};

/**
 * Identifiers by which events name a device, strongest first. `deviceId` is Entra's, `managedDeviceId` that of the MDM
 * (Intune).
 */
export const EVENT_IDENTIFIERS = [
  'deviceId',
  'managedDeviceId',
  'serialNumber',
  'udid',
  'imei',
  'wiFiMacAddress',
] as const;
export type EventIdentifierName = (typeof EVENT_IDENTIFIERS)[number];

/** One identifier that an event has. It may be wrong, or unknown to the enrolment. */
export interface EventIdentifier {
  readonly name: EventIdentifierName;
  readonly value: string;
}
