import type { DateTime } from '../../base/dateTime.ts';
import type { Defence, ThreatLevel } from '../vocabulary/threat.ts';

/** A threat is removed by the user of the device, or only by an administrator with the device in hand. */
export const REPAIRERS = ['user', 'administrator'] as const;
export type Repairer = (typeof REPAIRERS)[number];

/** A threat that SEP Mobile can find: its severity, who can repair it, and how. */
export interface ThreatDefinition {
  readonly threatType: string;
  readonly defence: Defence;
  /** `secured` means that it does not count. An incident's own severity wins over this default, but not over an override. */
  readonly severity: ThreatLevel;
  readonly repairableBy: Repairer;
  /** The steps to show to the user. */
  readonly remediation: RemediationCode;
  /** The reports that show it: incidents, and a telemetry field if there is one. */
  readonly signal: string;
  readonly description: string;
}

export const REMEDIATION_CODES = [
  'securePhysicalAccess',
  'setPasscode',
  'encryptDevice',
  'switchOffDeveloperOptions',
  'restoreDevice',
  'leaveNetwork',
  'useSaferNetwork',
  'removeProfile',
  'removeApp',
  'updateDevice',
  'contactSupport',
] as const;
export type RemediationCode = (typeof REMEDIATION_CODES)[number];

/** An organisation's changes to one threat type. */
export interface ThreatOverride {
  readonly threatType: string;
  readonly version: number;
  readonly lastModifiedDateTime?: DateTime;
  readonly severity?: ThreatLevel;
  readonly repairableBy?: Repairer;
  readonly remediationSteps?: readonly string[];
}

/** Raise this with every change of the table that can change an evaluation: it starts a re-evaluation of all devices. */
export const THREAT_CATALOGUE_VERSION = 1;

type Row = readonly [
  threatType: string,
  severity: ThreatLevel,
  repairableBy: Repairer,
  remediation: RemediationCode,
  telemetry: string | undefined,
  description: string,
];

const PHYSICAL: readonly Row[] = [
  // Graph: compromised is what "the user cannot easily remediate".
  [
    'jailbrokenOrRooted',
    'high',
    'administrator',
    'restoreDevice',
    'physical.jailbrokenOrRooted',
    'The device is jailbroken or rooted',
  ],
  [
    'bootloaderUnlocked',
    'high',
    'administrator',
    'restoreDevice',
    undefined,
    'The boot loader is unlocked and starts any system',
  ],
  [
    'systemTampered',
    'high',
    'administrator',
    'restoreDevice',
    undefined,
    'Operating system files were changed',
  ],
  [
    'passcodeDisabled',
    'medium',
    'user',
    'setPasscode',
    'physical.passcodeEnabled',
    'The device has no passcode',
  ],
  [
    'storageUnencrypted',
    'medium',
    'user',
    'encryptDevice',
    'physical.storageEncrypted',
    'The storage can be read without the passcode',
  ],
  [
    'usbDebuggingEnabled',
    'medium',
    'user',
    'switchOffDeveloperOptions',
    'physical.usbDebugging',
    'USB debugging is on, so a connected computer can control the device',
  ],
  [
    'unknownSourcesEnabled',
    'medium',
    'user',
    'switchOffDeveloperOptions',
    'physical.unknownSources',
    'Apps can be installed from outside the store',
  ],
  [
    'developerModeEnabled',
    'low',
    'user',
    'switchOffDeveloperOptions',
    'physical.developerMode',
    'The developer options are on',
  ],
];

const NETWORK: readonly Row[] = [
  [
    'sslDecryption',
    'high',
    'user',
    'leaveNetwork',
    'network.tlsInterception',
    'The network reads encrypted traffic',
  ],
  [
    'sslStripping',
    'high',
    'user',
    'leaveNetwork',
    'network.tlsInterception',
    'The network removes encryption',
  ],
  [
    'arpSpoofing',
    'high',
    'user',
    'leaveNetwork',
    'network.arpSpoofing',
    'Another device impersonates the router',
  ],
  [
    'rogueAccessPoint',
    'high',
    'user',
    'leaveNetwork',
    'network.rogueAccessPoint',
    'The access point impersonates another',
  ],
  [
    'manInTheMiddle',
    'high',
    'user',
    'leaveNetwork',
    undefined,
    'An attacker intercepts the traffic of the device',
  ],
  [
    'dnsSpoofing',
    'high',
    'user',
    'leaveNetwork',
    undefined,
    'DNS answers lead to the wrong servers',
  ],
  [
    'contentManipulation',
    'high',
    'user',
    'leaveNetwork',
    undefined,
    'The network changes the content that the device loads',
  ],
  [
    'untrustedProfile',
    'high',
    'user',
    'removeProfile',
    'network.untrustedProfile',
    'A profile lets others read the traffic',
  ],
  [
    'untrustedCertificate',
    'medium',
    'user',
    'leaveNetwork',
    undefined,
    'A server presents an untrusted certificate',
  ],
  [
    'phishingSite',
    'medium',
    'user',
    'useSaferNetwork',
    undefined,
    'The user opened a page that steals credentials',
  ],
  [
    'weakWifiEncryption',
    'low',
    'user',
    'useSaferNetwork',
    'network.security',
    'The Wi-Fi uses WEP, which is easy to break',
  ],
  ['openWifi', 'low', 'user', 'useSaferNetwork', 'network.security', 'The Wi-Fi is not encrypted'],
];

const APPLICATION: readonly Row[] = [
  ['malware', 'high', 'user', 'removeApp', 'application.installed.verdict', 'A harmful app'],
  ['ransomware', 'high', 'user', 'removeApp', undefined, 'An app that encrypts data for ransom'],
  ['spyware', 'high', 'user', 'removeApp', undefined, 'An app that spies on its user'],
  ['bankingTrojan', 'high', 'user', 'removeApp', undefined, 'An app that steals money'],
  ['repackagedApp', 'high', 'user', 'removeApp', undefined, 'A modified copy of a known app'],
  [
    'suspiciousApp',
    'medium',
    'user',
    'removeApp',
    'application.installed.verdict',
    'An app that behaves like a harmful one',
  ],
  [
    'sideloadedApp',
    'medium',
    'user',
    'removeApp',
    'application.installed.source',
    'An app from outside the store',
  ],
  [
    'cryptoMiner',
    'medium',
    'user',
    'removeApp',
    undefined,
    'An app that mines cryptocurrency on the device',
  ],
  // SEP Mobile opens these "as an unwanted app".
  [
    'unwantedApp',
    'low',
    'user',
    'removeApp',
    'application.installed.verdict',
    'An app that the organisation does not want',
  ],
  ['adware', 'low', 'user', 'removeApp', undefined, 'An app that pushes advertisements'],
];

const VULNERABILITY: readonly Row[] = [
  [
    'exploitAttempt',
    'high',
    'user',
    'contactSupport',
    undefined,
    'A vulnerability of the system was exploited',
  ],
  // The bands of CVSS 3.1, section 5: critical from 9.0, high from 7.0, medium from 4.0.
  [
    'criticalVulnerability',
    'high',
    'user',
    'updateDevice',
    'vulnerability.cves.cvss',
    'A known vulnerability with CVSS 9.0 or higher',
  ],
  [
    'highVulnerability',
    'medium',
    'user',
    'updateDevice',
    'vulnerability.cves.cvss',
    'A known vulnerability with CVSS 7.0 or higher',
  ],
  [
    'mediumVulnerability',
    'low',
    'user',
    'updateDevice',
    'vulnerability.cves.cvss',
    'A known vulnerability with CVSS 4.0 or higher',
  ],
  [
    'unsupportedOsVersion',
    'medium',
    'user',
    'updateDevice',
    undefined,
    'The operating system no longer gets updates',
  ],
  [
    'osUpdateAvailable',
    'low',
    'user',
    'updateDevice',
    'vulnerability.updateAvailable',
    'An operating system update is available',
  ],
];

function definitions(defence: Defence, rows: readonly Row[]): readonly ThreatDefinition[] {
  return rows.map(([threatType, severity, repairableBy, remediation, telemetry, description]) => ({
    threatType,
    defence,
    severity,
    repairableBy,
    remediation,
    signal: telemetry === undefined ? 'incident' : `incident, telemetry ${telemetry}`,
    description,
  }));
}

/** The built-in threats, before an organisation overrides any. */
export const THREAT_CATALOGUE: readonly ThreatDefinition[] = [
  ...definitions('physical', PHYSICAL),
  ...definitions('network', NETWORK),
  ...definitions('application', APPLICATION),
  ...definitions('vulnerability', VULNERABILITY),
];

/** The names of all built-in threats. */
export const THREAT_TYPES: readonly string[] = THREAT_CATALOGUE.map(({ threatType }) => threatType);

const BY_TYPE = new Map(THREAT_CATALOGUE.map((definition) => [definition.threatType, definition]));

/** The built-in definition; `undefined` for an unknown type. */
export function findThreat(threatType: string): ThreatDefinition | undefined {
  return BY_TYPE.get(threatType);
}

/** A definition with the organisation's override. */
export interface EffectiveThreat extends ThreatDefinition {
  /** Whether the organisation set the severity. */
  readonly isOverridden: boolean;
  readonly remediationSteps?: readonly string[];
}

/** The definition of `threatType` with the organisation's override; `undefined` for an unknown type. */
export function effectiveThreat(
  threatType: string,
  overrides: readonly ThreatOverride[],
): EffectiveThreat | undefined {
  const definition = BY_TYPE.get(threatType);
  if (definition === undefined) return undefined;
  const override = overrides.find((each) => each.threatType === threatType);
  if (override === undefined) return { ...definition, isOverridden: false };
  const { severity = definition.severity, repairableBy = definition.repairableBy } = override;
  const { remediationSteps } = override;
  return {
    ...definition,
    severity,
    repairableBy,
    isOverridden: override.severity !== undefined,
    ...(remediationSteps === undefined ? {} : { remediationSteps }),
  };
}
