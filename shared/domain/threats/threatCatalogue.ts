import type { DateTime } from '../../base/dateTime.ts';
import type { Defence, ThreatLevel } from '../vocabulary/threat.ts';

/** Who can take a threat away: its user alone, or only somebody who takes the device in hand. */
export const REPAIRERS = ['user', 'administrator'] as const;
export type Repairer = (typeof REPAIRERS)[number];

/** What SEP Mobile can find, what it is worth, and who does what about it. */
export interface ThreatDefinition {
  readonly threatType: string;
  readonly defence: Defence;
  /** `secured`: known, but it does not count. An incident's own severity wins over the default, not over an override. */
  readonly severity: ThreatLevel;
  readonly repairableBy: Repairer;
  /** Names the steps that its user is told. */
  readonly remediation: RemediationCode;
  /** Where it shows: incidents, and the telemetry field of contract D.2 where there is one. */
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

/** What an organisation says otherwise about one threat type. */
export interface ThreatOverride {
  readonly threatType: string;
  readonly version: number;
  readonly lastModifiedDateTime?: DateTime;
  readonly severity?: ThreatLevel;
  readonly repairableBy?: Repairer;
  readonly remediationSteps?: readonly string[];
}

/** The version of the table below; raised with every change of what it says. */
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
    'The boot loader accepts any system',
  ],
  [
    'systemTampered',
    'high',
    'administrator',
    'restoreDevice',
    undefined,
    'Files of the operating system were changed',
  ],
  [
    'passcodeDisabled',
    'medium',
    'user',
    'setPasscode',
    'physical.passcodeEnabled',
    'The device opens without a passcode',
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
    'A computer at the USB port can command the device',
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
    'The network takes encryption away',
  ],
  [
    'arpSpoofing',
    'high',
    'user',
    'leaveNetwork',
    'network.arpSpoofing',
    'Another device poses as the router',
  ],
  [
    'rogueAccessPoint',
    'high',
    'user',
    'leaveNetwork',
    'network.rogueAccessPoint',
    'The access point poses as another',
  ],
  [
    'manInTheMiddle',
    'high',
    'user',
    'leaveNetwork',
    undefined,
    'Somebody sits between the device and its peers',
  ],
  ['dnsSpoofing', 'high', 'user', 'leaveNetwork', undefined, 'Names lead to the wrong servers'],
  [
    'contentManipulation',
    'high',
    'user',
    'leaveNetwork',
    undefined,
    'The network changes what is loaded',
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
    'A server shows a certificate that nobody vouches for',
  ],
  [
    'phishingSite',
    'medium',
    'user',
    'useSaferNetwork',
    undefined,
    'A page that steals credentials was opened',
  ],
  [
    'weakWifiEncryption',
    'low',
    'user',
    'useSaferNetwork',
    'network.security',
    'The Wi-Fi uses WEP, which anybody can break',
  ],
  ['openWifi', 'low', 'user', 'useSaferNetwork', 'network.security', 'The Wi-Fi is not encrypted'],
];

const APPLICATION: readonly Row[] = [
  [
    'malware',
    'high',
    'user',
    'removeApp',
    'application.installed.verdict',
    'An app that does harm',
  ],
  ['ransomware', 'high', 'user', 'removeApp', undefined, 'An app that locks data away'],
  ['spyware', 'high', 'user', 'removeApp', undefined, 'An app that watches its user'],
  ['bankingTrojan', 'high', 'user', 'removeApp', undefined, 'An app that steals money'],
  [
    'repackagedApp',
    'high',
    'user',
    'removeApp',
    undefined,
    'A known app that somebody has changed',
  ],
  [
    'suspiciousApp',
    'medium',
    'user',
    'removeApp',
    'application.installed.verdict',
    'An app that behaves as harmful ones do',
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
    'An app that uses the device to earn money',
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
    'A weakness of the system was used',
  ],
  // The bands of CVSS 3.1, section 5: critical from 9.0, high from 7.0, medium from 4.0.
  [
    'criticalVulnerability',
    'high',
    'user',
    'updateDevice',
    'vulnerability.cves.cvss',
    'A known weakness of CVSS 9.0 or more',
  ],
  [
    'highVulnerability',
    'medium',
    'user',
    'updateDevice',
    'vulnerability.cves.cvss',
    'A known weakness of CVSS 7.0 or more',
  ],
  [
    'mediumVulnerability',
    'low',
    'user',
    'updateDevice',
    'vulnerability.cves.cvss',
    'A known weakness of CVSS 4.0 or more',
  ],
  [
    'unsupportedOsVersion',
    'medium',
    'user',
    'updateDevice',
    undefined,
    'The system gets no updates any more',
  ],
  [
    'osUpdateAvailable',
    'low',
    'user',
    'updateDevice',
    'vulnerability.updateAvailable',
    'A system update waits',
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

/** What low, medium and high mean here, before an organisation says otherwise. */
export const THREAT_CATALOGUE: readonly ThreatDefinition[] = [
  ...definitions('physical', PHYSICAL),
  ...definitions('network', NETWORK),
  ...definitions('application', APPLICATION),
  ...definitions('vulnerability', VULNERABILITY),
];

const BY_TYPE = new Map(THREAT_CATALOGUE.map((definition) => [definition.threatType, definition]));

/** The built-in definition; `undefined` for a type that the catalogue does not know. */
export function findThreat(threatType: string): ThreatDefinition | undefined {
  return BY_TYPE.get(threatType);
}

/** A definition as the organisation wants it, and whether it said so itself. */
export interface EffectiveThreat extends ThreatDefinition {
  readonly isOverridden: boolean;
  readonly remediationSteps?: readonly string[];
}

/** The definition of `threatType` with the organisation's override; `undefined` where nobody knows the type. */
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
