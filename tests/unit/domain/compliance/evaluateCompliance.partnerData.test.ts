import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { integrationModeOf } from '../../../../shared/domain/compliance/partnerState.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { deviceOf, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import { BEFORE, enrolled, given, healthyDeviceOn, stateAndCodes } from '../../../support/given.ts';

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

describe('the integration mode', () => {
  // Read-only never changes a device's state. Basic counts only the verdict. Full counts everything.
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
  ] as const)('%s: %s leaves the device %s', (mode, report, state) => {
    // Missing data is allowed, so only the report decides.
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

  it.each(Object.entries(MODES))('is %s for its check boxes', (mode, boxes) => {
    const { connector } = given({ connector: boxes });
    expect(connector && integrationModeOf(connector)).toBe(mode);
  });

  it.each(['readOnly', 'basic', 'full'] as const)(
    '%s: the missing-data setting decides for a device without data',
    (mode) => {
      const device = healthyDeviceOn('android', signalOf({ type: 'deactivated' }));
      const stateIf = (isBlocked: boolean): string => {
        const connector = { ...MODES[mode], androidDeviceBlockedOnMissingPartnerData: isBlocked };
        return stateAndCodes({ device }, given({ connector }), NOW)[0];
      };
      expect([stateIf(true), stateIf(false)]).toEqual(['noncompliant', 'compliant']);
    },
  );
});

describe('data that the connector does not permit', () => {
  const allowMissing = { androidDeviceBlockedOnMissingPartnerData: false };
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
    ['in read-only mode', MODES.readOnly],
    ['in Basic mode', MODES.basic],
    ['on a disabled platform', { ...MODES.full, androidEnabled: false }],
  ])('changes nothing %s', (_, boxes) => {
    const configuration = given({ policy, connector: { ...allowMissing, ...boxes } });
    const evaluation = evaluateCompliance(
      { device: healthyDeviceOn('android', telemetry) },
      configuration,
      NOW,
    );
    expect([evaluation.complianceState, evaluation.threats]).toEqual(['compliant', []]);
  });

  it('counts in Full mode', () => {
    const device = healthyDeviceOn('android', telemetry);
    const codes = stateAndCodes({ device }, given({ policy, connector: allowMissing }), NOW);
    expect(codes).toEqual(
      expect.arrayContaining(['deviceJailbroken', 'passcodeMissing', 'osVersionTooOld']),
    );
  });
});

describe('a known threat', () => {
  const week = 7 * 24 * 60 * 60;
  const allowMissing = {
    androidDeviceBlockedOnMissingPartnerData: false,
    lastHeartbeatDateTime: NOW,
  };
  const known: readonly [string, DeviceSignal][] = [
    ['a verdict', signalOf({ type: 'riskReported', riskLevel: 'high' })],
    ['an incident', signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT })],
    [
      'a compromise',
      signalOf({ type: 'riskReported', riskLevel: 'minimal', healthState: 'compromised' }),
    ],
  ];

  it.each(known)(
    'counts after the partner becomes unresponsive, even if missing data is allowed: %s',
    (_, signal) => {
      const configuration = given({ connector: allowMissing });
      const at = addSeconds(NOW, week + 1);
      expect(
        stateAndCodes({ device: healthyDeviceOn('android', signal) }, configuration, at)[0],
      ).toBe('noncompliant');
    },
  );

  it.each(known)('counts even if the device reports an unsupported OS version: %s', (_, signal) => {
    const older = signalOf(
      { type: 'telemetryReported', telemetry: { vulnerability: { osVersion: '4.0' } } },
      addSeconds(NOW, 1),
    );
    const device = healthyDeviceOn('android', signal, older);
    for (const isBlocked of [true, false]) {
      const connector = { ...allowMissing, partnerUnsupportedOsVersionBlocked: isBlocked };
      expect(stateAndCodes({ device }, given({ connector }), addSeconds(NOW, 2))[0]).toBe(
        'noncompliant',
      );
    }
  });
});

describe('a deactivation, if missing data is allowed', () => {
  it.each([
    ['before', 'noncompliant', []],
    [
      'after',
      'compliant',
      [signalOf({ type: 'riskReported', riskLevel: 'minimal' }, addSeconds(NOW, 1))],
    ],
  ] as const)('%s the first assessment leaves the device %s', (_, state, assessed) => {
    const device = deviceOf(
      enrolled('android'),
      signalOf({ type: 'activated' }, NOW),
      ...assessed,
      signalOf({ type: 'deactivated' }, addSeconds(NOW, 2)),
    );
    const configuration = given({
      connector: { androidDeviceBlockedOnMissingPartnerData: false, lastHeartbeatDateTime: NOW },
    });
    expect(stateAndCodes({ device }, configuration, addSeconds(NOW, 3))[0]).toBe(state);
  });
});

describe('the check-in threshold', () => {
  it('makes a device noncompliant one second later, even if no heartbeat is due', () => {
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
