import { Type } from 'typebox';
import { APP_VERDICTS } from '../../domain/vocabulary/threat.ts';
import { IdSchema, TextSchema } from './commonSchemas.ts';

export const WIFI_SECURITIES = ['open', 'wep', 'wpa2', 'wpa3'] as const;
export const TLS_INTERCEPTIONS = ['none', 'decryption', 'stripping'] as const;
export const APP_SOURCES = ['store', 'enterprise', 'sideloaded', 'unknown'] as const;

const MAX_INSTALLED_APPLICATIONS = 2000;
const MAX_CVES = 1000;

const flag = Type.Optional(Type.Boolean());
const text = Type.Optional(TextSchema);

const InstalledApplicationSchema = Type.Object({
  bundleId: IdSchema,
  version: text,
  source: Type.Optional(Type.Enum(APP_SOURCES)),
  verdict: Type.Optional(Type.Enum(APP_VERDICTS)),
  name: text,
});

/** A telemetry report, by defence. A defence in a report replaces the earlier report on it. */
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
      security: Type.Optional(Type.Enum(WIFI_SECURITIES)),
      tlsInterception: Type.Optional(Type.Enum(TLS_INTERCEPTIONS)),
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
