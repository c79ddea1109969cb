import { Type } from 'typebox';
import '../../base/validation/formats.ts';
import {
  DEVICE_ID_PATTERN,
  MAC_ADDRESS_PATTERN,
  WHOLE_CHARACTERS_PATTERN,
} from '../../base/validation/patterns.ts';
import { DEFENCES, INCIDENT_SEVERITIES, RISK_LEVELS } from '../../domain/vocabulary/threat.ts';
import { OPERATING_SYSTEMS, OWNER_TYPES } from '../../domain/vocabulary/signal.ts';

const MAX_ID_LENGTH = 255;
const MAX_TEXT_LENGTH = 1024;
const MAX_INSTALLED_APPLICATIONS = 2000;
const MAX_CVES = 1000;
const MAX_GROUPS = 1000;

/** RFC 3339, any offset; stored in UTC with milliseconds. */
export const DateTimeSchema = Type.String({ format: 'date-time' });

/**
 * A Cosmos DB id: opaque, compared exactly, without what its addresses cannot carry: separators, blanks at either end,
 * `.` and `..`, and halves of characters.
 */
export const DeviceIdSchema = Type.String({
  minLength: 1,
  maxLength: MAX_ID_LENGTH,
  pattern: DEVICE_ID_PATTERN,
});

/** Any text that UTF-8 can carry: no half of a character. */
export const IdSchema = Type.String({
  minLength: 1,
  maxLength: MAX_ID_LENGTH,
  pattern: WHOLE_CHARACTERS_PATTERN,
});
const TextSchema = Type.String({ maxLength: MAX_TEXT_LENGTH });
const NameSchema = Type.String({ minLength: 1, maxLength: MAX_TEXT_LENGTH });

export const RiskLevelSchema = Type.Enum(RISK_LEVELS);
export const HealthStateSchema = Type.Enum(['compromised', 'misconfigured']);
export const AppVersionSchema = TextSchema;

export const IncidentProperties = {
  incidentId: IdSchema,
  category: Type.Enum(DEFENCES),
  threatType: NameSchema,
  severity: Type.Enum(INCIDENT_SEVERITIES),
  detectedDateTime: DateTimeSchema,
  resolvedDateTime: Type.Optional(DateTimeSchema),
  title: Type.Optional(TextSchema),
  resource: Type.Optional(TextSchema),
};

const flag = Type.Optional(Type.Boolean());
const text = Type.Optional(TextSchema);

const InstalledApplicationSchema = Type.Object({
  bundleId: IdSchema,
  version: text,
  source: Type.Optional(Type.Enum(['store', 'enterprise', 'sideloaded', 'unknown'])),
  verdict: Type.Optional(Type.Enum(['clean', 'unwanted', 'suspicious', 'malware'])),
  name: text,
});

/** The four defences of contract D.2; a defence that is present replaces its earlier report. */
export const TelemetryProperties = {
  physical: Type.Optional(
    Type.Object({
      passcodeEnabled: flag,
      storageEncrypted: flag,
      jailbrokenOrRooted: flag,
      developerMode: flag,
      usbDebugging: flag,
      unknownSources: flag,
    }),
  ),
  network: Type.Optional(
    Type.Object({
      connected: flag,
      ssid: text,
      bssid: text,
      security: Type.Optional(Type.Enum(['open', 'wep', 'wpa2', 'wpa3'])),
      tlsInterception: Type.Optional(Type.Enum(['none', 'decryption', 'stripping'])),
      arpSpoofing: flag,
      rogueAccessPoint: flag,
      untrustedProfile: flag,
    }),
  ),
  application: Type.Optional(
    Type.Object({
      installed: Type.Optional(
        Type.Array(InstalledApplicationSchema, { maxItems: MAX_INSTALLED_APPLICATIONS }),
      ),
    }),
  ),
  vulnerability: Type.Optional(
    Type.Object({
      osVersion: text,
      securityPatchLevel: text,
      updateAvailable: flag,
      cves: Type.Optional(
        Type.Array(Type.Object({ id: IdSchema, cvss: Type.Number({ minimum: 0, maximum: 10 }) }), {
          maxItems: MAX_CVES,
        }),
      ),
    }),
  ),
};

/** What `PUT managedDevices` takes; Graph `managedDevice` names. */
export const ManagedDevicePropertiesSchema = Type.Object({
  operatingSystem: Type.Enum(OPERATING_SYSTEMS),
  osVersion: NameSchema,
  deviceName: text,
  userPrincipalName: text,
  userId: text,
  serialNumber: Type.Optional(IdSchema),
  udid: Type.Optional(IdSchema),
  imei: Type.Optional(IdSchema),
  wiFiMacAddress: Type.Optional(Type.String({ pattern: MAC_ADDRESS_PATTERN })),
  managedDeviceOwnerType: Type.Optional(Type.Enum(OWNER_TYPES)),
  groupIds: Type.Optional(Type.Array(IdSchema, { maxItems: MAX_GROUPS })),
});
