import { assessRisk } from '../../../shared/domain/threats/assessRisk.ts';
import {
  connectorFor,
  type DeviceCompliancePolicy,
  type Platform,
} from '../../../shared/domain/compliance/configuration.ts';
import { createDevice, managedProperties } from '../../../shared/domain/devices/device.ts';
import { toPartnerView } from '../../../shared/domain/compliance/toPartnerView.ts';
import { mergeSignals } from '../../../shared/domain/devices/mergeSignals.ts';
import type { RuleFacts } from '../../../shared/domain/compliance/rule.ts';
import type { DeviceSignal } from '../../../shared/domain/vocabulary/signal.ts';
import {
  DEFENCES,
  RISK_LEVELS,
  THREAT_CEILINGS,
} from '../../../shared/domain/vocabulary/threat.ts';
import { toRuleFacts } from '../../../shared/domain/compliance/toRuleFacts.ts';
import { CONNECTOR_DEFAULTS } from '../../../shared/core/configuration/configurationDefaults.ts';
import { createDice } from '../../support/createDice.ts';

/** One device and one policy, with the facts of the device, which are the same for all its policies. */
export interface Case {
  readonly policy: DeviceCompliancePolicy;
  readonly facts: RuleFacts;
}

const NOW = '2026-01-01T12:00:00.000Z';
const BEFORE = '2026-01-01T11:00:00.000Z';
const VERSIONS = ['4.0', '9', '12.1', '14', '15', 'unknown'] as const;
const PATCH_LEVELS = ['2024-05-01', '2025-06-01', '2025-12-05', 'none'] as const;
const THREAT_TYPES = ['malware', 'sideloadedApp', 'jailbrokenOrRooted', 'arpSpoofing'] as const;

/** Creates cases from a seed. Every rule holds in some and fails in others. */
export function createCases(count: number, seed: number): readonly Case[] {
  const random = createDice(seed);
  const devices = Array.from({ length: Math.ceil(count / 20) }, (_, at) => createFacts(random, at));
  const policies = Array.from({ length: 400 }, (_, at) => createPolicy(random, at));
  return Array.from({ length: count }, () => ({
    policy: pick(random, policies),
    facts: pick(random, devices),
  }));
}

function createFacts(random: () => number, at: number): RuleFacts {
  const platform = random() < 0.5 ? 'android' : 'iOS';
  const connector = {
    ...CONNECTOR_DEFAULTS,
    id: 'default',
    androidEnabled: random() < 0.9,
    iosEnabled: random() < 0.9,
    androidDeviceBlockedOnMissingPartnerData: random() < 0.7,
    iosDeviceBlockedOnMissingPartnerData: random() < 0.7,
    partnerUnsupportedOsVersionBlocked: random() < 0.3,
    reportDeviceHealthAndRisk: random() < 0.9,
    reportSecurityIncidents: random() < 0.8,
  };
  const device = toPartnerView(
    mergeSignals(createDevice(`device-${String(at)}`), createSignals(random, at, platform)),
    connector,
  );
  const properties = managedProperties(device);
  if (properties === undefined) throw new TypeError('every device here is enrolled');
  return toRuleFacts({
    device,
    properties,
    risk: assessRisk(device, []),
    connector,
    platform: connectorFor(connector, platform),
    now: NOW,
    partnerDeadline: random() < 0.9 ? undefined : BEFORE,
  });
}

function createSignals(
  random: () => number,
  at: number,
  platform: Platform,
): readonly DeviceSignal[] {
  const deviceId = `device-${String(at)}`;
  let count = 0;
  const about = (): Pick<
    DeviceSignal,
    'deviceId' | 'signalId' | 'observedDateTime' | 'receivedDateTime'
  > => {
    count += 1;
    const moment = `2026-01-01T10:00:0${String(count)}.000Z`;
    return {
      deviceId,
      signalId: `${deviceId}-${String(count)}`,
      observedDateTime: moment,
      receivedDateTime: moment,
    };
  };
  const properties = {
    operatingSystem: platform === 'android' ? ('Android' as const) : ('iOS' as const),
    osVersion: pick(random, VERSIONS),
  };
  const signals: DeviceSignal[] = [{ ...about(), type: 'enrolled', properties }];
  if (random() < 0.9) signals.push({ ...about(), type: 'activated' });
  if (random() < 0.1) signals.push({ ...about(), type: 'deactivated' });
  if (random() < 0.85) {
    const health = random();
    signals.push({
      ...about(),
      type: 'riskReported',
      riskLevel: pick(random, RISK_LEVELS),
      ...(health < 0.1 ? { healthState: 'misconfigured' } : {}),
      ...(health > 0.95 ? { healthState: 'compromised' } : {}),
    });
  }
  if (random() < 0.6) {
    const flag = (): boolean => random() < 0.8;
    signals.push({
      ...about(),
      type: 'telemetryReported',
      telemetry: {
        physical: {
          ...(random() < 0.9 ? { passcodeEnabled: flag() } : {}),
          ...(random() < 0.9 ? { storageEncrypted: flag() } : {}),
          ...(random() < 0.9 ? { jailbrokenOrRooted: !flag() } : {}),
        },
        vulnerability: {
          ...(random() < 0.8 ? { osVersion: pick(random, VERSIONS) } : {}),
          ...(random() < 0.8 ? { securityPatchLevel: pick(random, PATCH_LEVELS) } : {}),
        },
      },
    });
  }
  if (random() < 0.2) signals.push({ ...about(), type: 'deactivated' });
  const incidents = Math.floor(random() ** 2 * 4);
  for (let each = 0; each < incidents; each += 1) {
    signals.push({
      ...about(),
      type: 'incidentReported',
      status: 'open',
      incident: {
        incidentId: `incident-${String(count)}`,
        category: pick(random, DEFENCES),
        threatType: pick(random, THREAT_TYPES),
        severity: pick(random, ['low', 'medium', 'high']),
        detectedDateTime: BEFORE,
      },
    });
  }
  return signals;
}

function createPolicy(random: () => number, at: number): DeviceCompliancePolicy {
  const sometimes = <T extends object>(some: T): T | object => (random() < 0.5 ? some : {});
  return {
    '@odata.type': '#microsoft.graph.androidCompliancePolicy',
    id: `policy-${String(at)}`,
    version: 1,
    displayName: `Policy ${String(at)}`,
    deviceThreatProtectionEnabled: random() < 0.8,
    deviceThreatProtectionRequiredSecurityLevel: pick(random, THREAT_CEILINGS),
    ...sometimes({
      deviceThreatProtectionDefenceLevels: Object.fromEntries(
        DEFENCES.map((defence) => [defence, pick(random, THREAT_CEILINGS)]),
      ),
    }),
    ...sometimes({ securityBlockJailbrokenDevices: random() < 0.8 }),
    ...sometimes({ passcodeRequired: random() < 0.8 }),
    ...sometimes({ storageRequireEncryption: random() < 0.8 }),
    ...sometimes({ minAndroidSecurityPatchLevel: '2025-06-01' }),
    ...sometimes({ osMinimumVersion: pick(random, ['9.1', '12', '14']) }),
    ...sometimes({ osMaximumVersion: pick(random, ['14', '14.5', '15']) }),
    assignments: [],
  };
}

function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T;
}
