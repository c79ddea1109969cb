import { describe, expect, it } from 'vitest';
import type { MobileThreatDefenseConnector } from '../../shared/domain/configuration.ts';
import { addSeconds } from '../../shared/domain/dateTime.ts';
import { evaluateCompliance } from '../../shared/domain/evaluateCompliance.ts';
import { integrationModeOf, partnerStateOf } from '../../shared/domain/partnerState.ts';
import type { DeviceSignal } from '../../shared/domain/signal.ts';
import { INCIDENT, NOW, signalOf } from '../support/signals.ts';
import { BEFORE, given, judge, SAMPLE, wellDevice } from './given.ts';

const MODES = {
  readOnly: { reportDeviceHealthAndRisk: false, reportSecurityIncidents: false },
  basic: { reportDeviceHealthAndRisk: true, reportSecurityIncidents: false },
  full: { reportDeviceHealthAndRisk: true, reportSecurityIncidents: true },
} as const;

const REPORTS: Readonly<Record<string, readonly DeviceSignal[]>> = {
  nothing: [],
  'a verdict': [signalOf({ type: 'riskReported', riskLevel: 'high' })],
  'an incident': [signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT })],
  telemetry: [
    signalOf({
      type: 'telemetryReported',
      telemetry: { network: { tlsInterception: 'decryption' } },
    }),
  ],
  'a deactivation': [signalOf({ type: 'deactivated' })],
};

describe('SEP Mobile’s two check boxes', () => {
  // Read-only never changes a device's state; Basic knows the verdict alone; Full knows all.
  it.each([
    ['readOnly', 'nothing', 'compliant'],
    ['readOnly', 'a verdict', 'compliant'],
    ['readOnly', 'an incident', 'compliant'],
    ['readOnly', 'telemetry', 'compliant'],
    ['readOnly', 'a deactivation', 'compliant'],
    ['readOnly', 'silence', 'compliant'],
    ['basic', 'nothing', 'compliant'],
    ['basic', 'a verdict', 'noncompliant'],
    ['basic', 'an incident', 'compliant'],
    ['basic', 'telemetry', 'compliant'],
    ['basic', 'a deactivation', 'compliant'],
    ['basic', 'silence', 'noncompliant'],
    ['full', 'nothing', 'compliant'],
    ['full', 'a verdict', 'noncompliant'],
    ['full', 'an incident', 'noncompliant'],
    ['full', 'telemetry', 'noncompliant'],
    ['full', 'a deactivation', 'compliant'],
    ['full', 'silence', 'noncompliant'],
  ] as const)('in mode %s, %s leaves the device %s', (mode, report, state) => {
    // Missing data is let pass, so that only what is reported can make the difference.
    const now = report === 'silence' ? addSeconds(BEFORE, 9 * 60 * 60) : NOW;
    const configuration = given({
      connector: {
        ...MODES[mode],
        androidDeviceBlockedOnMissingPartnerData: false,
        lastHeartbeatDateTime: now,
      },
    });
    const device = wellDevice('android', ...(REPORTS[report] ?? []));
    expect(judge({ device }, configuration, now)[0]).toBe(state);
  });

  it.each(Object.entries(MODES))('are called %s', (mode, boxes) => {
    const { connector } = given({ connector: boxes });
    expect(connector && integrationModeOf(connector)).toBe(mode);
  });

  it.each(['readOnly', 'basic', 'full'] as const)(
    'in mode %s, a device without data is judged by the missing-data setting',
    (mode) => {
      const [state] = judge(
        { device: wellDevice('android', signalOf({ type: 'deactivated' })) },
        given({ connector: MODES[mode] }),
        NOW,
      );
      expect(state).toBe('noncompliant');
    },
  );
});

describe('the connector', () => {
  const never: Partial<MobileThreatDefenseConnector> = { androidEnabled: false, iosEnabled: false };
  const stateAt = (changes: Partial<MobileThreatDefenseConnector>, now = NOW): string => {
    const { connector } = given({ connector: changes });
    if (connector === undefined) throw new TypeError('no connector');
    return partnerStateOf(connector, now);
  };
  const { lastHeartbeatDateTime: _, ...unheard } = SAMPLE.connector ?? {};
  const week = 7 * 24 * 60 * 60;

  it('is not set up while it was never heard and no platform is on', () => {
    expect(partnerStateOf({ ...unheard, ...never } as MobileThreatDefenseConnector, NOW)).toBe(
      'notSetUp',
    );
  });

  it('is available once it was heard', () => {
    expect(stateAt(never)).toBe('available');
  });

  it('is enabled with one platform on, also before it was heard', () => {
    expect(stateAt({ androidEnabled: false })).toBe('enabled');
    expect(partnerStateOf(unheard as MobileThreatDefenseConnector, NOW)).toBe('enabled');
  });

  it('is unresponsive a second after its threshold', () => {
    const heard = { lastHeartbeatDateTime: NOW };
    expect(stateAt(heard, addSeconds(NOW, week))).toBe('enabled');
    expect(stateAt(heard, addSeconds(NOW, week + 1))).toBe('unresponsive');
  });

  it.each([
    [true, 'noncompliant', 'partnerUnresponsive'],
    [false, 'compliant', 'compliant'],
  ])('unresponsive, with missing data blocked %s, leaves devices %s', (isBlocked, state, code) => {
    const configuration = given({
      connector: {
        lastHeartbeatDateTime: NOW,
        androidDeviceBlockedOnMissingPartnerData: isBlocked,
      },
    });
    const device = wellDevice('android');
    const now = addSeconds(NOW, week + 1);
    expect(judge({ device }, configuration, now).slice(0, 2)).toEqual([state, code]);
  });

  it.each([
    ['android', { androidEnabled: false }, 'connectorDisabledForPlatform'],
    ['android', { iosEnabled: false }, 'compliant'],
    ['iOS', { iosEnabled: false }, 'connectorDisabledForPlatform'],
    ['iOS', { androidEnabled: false }, 'compliant'],
  ] as const)('on %s with %j gives %s', (platform, toggles, code) => {
    const device = wellDevice(platform);
    expect(judge({ device }, given({ connector: toggles }), NOW)).toContain(code);
  });

  it('tells a switched-off platform’s own threats apart from its device’s state', () => {
    const device = wellDevice('android', ...(REPORTS['an incident'] ?? []));
    const configuration = given({
      connector: { androidEnabled: false, androidDeviceBlockedOnMissingPartnerData: false },
    });
    const evaluation = evaluateCompliance({ device }, configuration, NOW);
    expect(evaluation.complianceState).toBe('compliant');
    expect(evaluation.openIncidents).toHaveLength(1);
  });
});

describe('the settings that SEP Mobile attests', () => {
  it.each([
    ['securityBlockJailbrokenDevices', { jailbrokenOrRooted: true }, 'deviceJailbroken'],
    ['securityBlockJailbrokenDevices', { jailbrokenOrRooted: false }, 'compliant'],
    ['passcodeRequired', { passcodeEnabled: false }, 'passcodeMissing'],
    ['passcodeRequired', { passcodeEnabled: true }, 'compliant'],
    ['passcodeRequired', {}, 'settingNotReported'],
    ['storageRequireEncryption', { storageEncrypted: false }, 'storageNotEncrypted'],
    ['storageRequireEncryption', { storageEncrypted: true }, 'compliant'],
    ['storageRequireEncryption', {}, 'settingNotReported'],
  ] as const)('%s with %j: %s', (setting, physical, code) => {
    for (const platform of ['android', 'iOS'] as const) {
      const device = wellDevice(
        platform,
        signalOf({ type: 'telemetryReported', telemetry: { physical } }),
      );
      const policy = {
        [setting]: true,
        deviceThreatProtectionRequiredSecurityLevel: 'notSet',
      } as const;
      expect(judge({ device }, given({ policy }), NOW)).toContain(code);
    }
  });

  it.each([
    ['network', 'secured', 'noncompliant'],
    ['network', 'medium', 'noncompliant'],
    ['network', 'high', 'compliant'],
    ['application', 'secured', 'compliant'],
  ] as const)('a ceiling for %s of %s on a network threat: %s', (defence, ceiling, state) => {
    const device = wellDevice('android', ...(REPORTS['telemetry'] ?? []));
    const policy = {
      deviceThreatProtectionRequiredSecurityLevel: 'high',
      deviceThreatProtectionDefenceLevels: { [defence]: ceiling },
    } as const;
    expect(judge({ device }, given({ policy }), NOW)[0]).toBe(state);
  });
});
