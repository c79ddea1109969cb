import { describe, expect, it } from 'vitest';
import type { MobileThreatDefenseConnector } from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import {
  integrationModeOf,
  partnerStateOf,
} from '../../../../shared/domain/compliance/partnerState.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { deviceOf, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import {
  BEFORE,
  enrolled,
  given,
  stateAndCodes,
  SAMPLE,
  healthyDeviceOn,
} from '../../../support/given.ts';

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
    const now = report === 'silence' ? addSeconds(BEFORE, 11 * 60 * 60) : NOW;
    const configuration = given({
      connector: {
        ...MODES[mode],
        androidDeviceBlockedOnMissingPartnerData: false,
        lastHeartbeatDateTime: now,
      },
    });
    const device = healthyDeviceOn('android', ...(REPORTS[report] ?? []));
    expect(stateAndCodes({ device }, configuration, now)[0]).toBe(state);
  });

  it.each(Object.entries(MODES))('are called %s', (mode, boxes) => {
    const { connector } = given({ connector: boxes });
    expect(connector && integrationModeOf(connector)).toBe(mode);
  });

  it.each(['readOnly', 'basic', 'full'] as const)(
    'in mode %s, a device without data is judged by the missing-data setting',
    (mode) => {
      const [state] = stateAndCodes(
        { device: healthyDeviceOn('android', signalOf({ type: 'deactivated' })) },
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
  ])(
    'a second after its threshold unresponsive, with missing data blocked %s, leaves devices %s',
    (isBlocked, state, code) => {
      const configuration = given({
        connector: {
          lastHeartbeatDateTime: NOW,
          androidDeviceBlockedOnMissingPartnerData: isBlocked,
        },
      });
      const device = healthyDeviceOn('android');
      expect(stateAndCodes({ device }, configuration, addSeconds(NOW, week))[0]).toBe('compliant');
      const now = addSeconds(NOW, week + 1);
      expect(stateAndCodes({ device }, configuration, now).slice(0, 2)).toEqual([state, code]);
    },
  );

  it.each([
    ['android', { androidEnabled: false }, 'connectorDisabledForPlatform'],
    ['android', { iosEnabled: false }, 'compliant'],
    ['iOS', { iosEnabled: false }, 'connectorDisabledForPlatform'],
    ['iOS', { androidEnabled: false }, 'compliant'],
  ] as const)('on %s with %j gives %s', (platform, toggles, code) => {
    const device = healthyDeviceOn(platform);
    expect(stateAndCodes({ device }, given({ connector: toggles }), NOW)).toContain(code);
  });

  it('tells a switched-off platform’s own threats apart from its device’s state', () => {
    const device = healthyDeviceOn('android', ...(REPORTS['an incident'] ?? []));
    const configuration = given({
      connector: { androidEnabled: false, androidDeviceBlockedOnMissingPartnerData: false },
    });
    const evaluation = evaluateCompliance({ device }, configuration, NOW);
    expect(evaluation.complianceState).toBe('compliant');
    expect(evaluation.openIncidents).toHaveLength(1);
  });
});

describe('what is known against a device', () => {
  const week = 7 * 24 * 60 * 60;
  const letPass = { androidDeviceBlockedOnMissingPartnerData: false, lastHeartbeatDateTime: NOW };
  const known: readonly [string, DeviceSignal][] = [
    ['a verdict', signalOf({ type: 'riskReported', riskLevel: 'high' })],
    ['an incident', signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT })],
    [
      'a compromise',
      signalOf({ type: 'riskReported', riskLevel: 'minimal', healthState: 'compromised' }),
    ],
  ];

  it.each(known)('outlives the partner, where missing data is let pass: %s', (_, signal) => {
    const configuration = given({ connector: letPass });
    const at = addSeconds(NOW, week + 1);
    expect(
      stateAndCodes({ device: healthyDeviceOn('android', signal) }, configuration, at)[0],
    ).toBe('noncompliant');
  });

  it.each(known)('is not hidden by an older system that the device reports: %s', (_, signal) => {
    const older = signalOf(
      { type: 'telemetryReported', telemetry: { vulnerability: { osVersion: '4.0' } } },
      addSeconds(NOW, 1),
    );
    const device = healthyDeviceOn('android', signal, older);
    for (const isBlocked of [true, false]) {
      const connector = { ...letPass, partnerUnsupportedOsVersionBlocked: isBlocked };
      expect(stateAndCodes({ device }, given({ connector }), addSeconds(NOW, 2))[0]).toBe(
        'noncompliant',
      );
    }
  });

  it.each([
    ['before its assessment ended', [], 'noncompliant'],
    [
      'after it',
      [signalOf({ type: 'riskReported', riskLevel: 'minimal' }, addSeconds(NOW, 1))],
      'compliant',
    ],
  ] as const)('is the debt of an app that is taken away %s', (_, assessed, state) => {
    const device = deviceOf(
      enrolled('android'),
      signalOf({ type: 'activated' }, NOW),
      ...assessed,
      signalOf({ type: 'deactivated' }, addSeconds(NOW, 2)),
    );
    expect(stateAndCodes({ device }, given({ connector: letPass }), addSeconds(NOW, 3))[0]).toBe(
      state,
    );
  });
});

describe('a policy of ceilings a defence, and none for the whole', () => {
  const policy = {
    deviceThreatProtectionEnabled: false,
    deviceThreatProtectionRequiredSecurityLevel: 'notSet',
    deviceThreatProtectionDefenceLevels: { network: 'high' },
  } as const;

  it.each([
    ['never activated', [], 'noPartnerData'],
    ['not assessed yet', [signalOf({ type: 'activated' })], 'assessmentPending'],
    [
      'compromised',
      [
        signalOf({ type: 'activated' }),
        signalOf({ type: 'riskReported', riskLevel: 'minimal', healthState: 'compromised' }),
      ],
      'deviceCompromised',
    ],
  ] as const)('does not pass a device that is %s', (_, signals, code) => {
    const device = deviceOf(enrolled('android'), ...signals);
    expect(stateAndCodes({ device }, given({ policy }), NOW).slice(0, 2)).toEqual([
      'noncompliant',
      code,
    ]);
  });

  it.each([
    [true, 'noncompliant'],
    [false, 'compliant'],
  ])(
    'is judged by the missing-data setting %s in Basic, which names no defence',
    (isBlocked, state) => {
      const connector = { ...MODES.basic, androidDeviceBlockedOnMissingPartnerData: isBlocked };
      expect(
        stateAndCodes({ device: healthyDeviceOn('android') }, given({ policy, connector }), NOW)[0],
      ).toBe(state);
    },
  );
});

describe('what SEP Mobile has no leave to say', () => {
  const letPass = { androidDeviceBlockedOnMissingPartnerData: false };
  const telemetry = signalOf({
    type: 'telemetryReported',
    telemetry: {
      physical: { passcodeEnabled: false, jailbrokenOrRooted: true },
      network: { arpSpoofing: true },
      vulnerability: { osVersion: '9' },
    },
  });
  const policy = {
    osMinimumVersion: '10',
    passcodeRequired: true,
    securityBlockJailbrokenDevices: true,
  } as const;

  it.each([
    ['read-only', MODES.readOnly],
    ['Basic', MODES.basic],
    ['with the platform off', { ...MODES.full, androidEnabled: false }],
  ])('changes nothing %s', (_, boxes) => {
    const configuration = given({ policy, connector: { ...letPass, ...boxes } });
    const evaluation = evaluateCompliance(
      { device: healthyDeviceOn('android', telemetry) },
      configuration,
      NOW,
    );
    expect([evaluation.complianceState, evaluation.threats]).toEqual(['compliant', []]);
  });

  it('counts in Full', () => {
    const device = healthyDeviceOn('android', telemetry);
    const codes = stateAndCodes({ device }, given({ policy, connector: letPass }), NOW);
    expect(codes).toEqual(
      expect.arrayContaining(['deviceJailbroken', 'passcodeMissing', 'osVersionTooOld']),
    );
  });
});

describe('a device’s version that cannot be read', () => {
  it('is an error where unsupported versions are blocked, and never a supported one', () => {
    const device = deviceOf(
      enrolled('android', 'no version'),
      signalOf({ type: 'activated' }, BEFORE),
      signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
    );
    const connector = { partnerUnsupportedOsVersionBlocked: true };
    expect(stateAndCodes({ device }, given({ connector }), NOW).slice(0, 2)).toEqual([
      'error',
      'settingInError',
    ]);
  });
});

describe('what was attested before a deactivation', () => {
  it('proves nothing any more', () => {
    const policy = {
      passcodeRequired: true,
      deviceThreatProtectionRequiredSecurityLevel: 'notSet',
    } as const;
    const device = healthyDeviceOn(
      'android',
      signalOf({ type: 'telemetryReported', telemetry: { physical: { passcodeEnabled: true } } }),
      signalOf({ type: 'deactivated' }, addSeconds(NOW, 1)),
    );
    expect(stateAndCodes({ device }, given({ policy }), addSeconds(NOW, 2))).toContain(
      'settingNotReported',
    );
  });
});

describe('the last contact of any kind', () => {
  it('is too long ago a moment after the threshold, also where no heartbeat is awaited', () => {
    const day = 24 * 60 * 60;
    const configuration = (now: string): ReturnType<typeof given> =>
      given({
        connector: {
          ...MODES.readOnly,
          androidDeviceBlockedOnMissingPartnerData: false,
          lastHeartbeatDateTime: now,
          partnerUnresponsivenessThresholdInDays: 365,
        },
        settings: { deviceComplianceCheckinThresholdDays: 30 },
      });
    const device = deviceOf(enrolled('android', '15', NOW));
    for (const [seconds, state] of [
      [30 * day, 'compliant'],
      [30 * day + 1, 'noncompliant'],
    ] as const) {
      const at = addSeconds(NOW, seconds);
      expect(stateAndCodes({ device }, configuration(at), at)[0]).toBe(state);
    }
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
      const device = healthyDeviceOn(
        platform,
        signalOf({ type: 'telemetryReported', telemetry: { physical } }),
      );
      const policy = {
        [setting]: true,
        deviceThreatProtectionRequiredSecurityLevel: 'notSet',
      } as const;
      expect(stateAndCodes({ device }, given({ policy }), NOW)).toContain(code);
    }
  });

  it.each([
    ['network', 'secured', 'noncompliant'],
    ['network', 'medium', 'noncompliant'],
    ['network', 'high', 'compliant'],
    ['application', 'secured', 'compliant'],
  ] as const)('a ceiling for %s of %s on a network threat: %s', (defence, ceiling, state) => {
    const device = healthyDeviceOn('android', ...(REPORTS['telemetry'] ?? []));
    const policy = {
      deviceThreatProtectionRequiredSecurityLevel: 'high',
      deviceThreatProtectionDefenceLevels: { [defence]: ceiling },
    } as const;
    expect(stateAndCodes({ device }, given({ policy }), NOW)[0]).toBe(state);
  });
});
