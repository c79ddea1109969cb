import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { createDevice, type Device } from '../../../../shared/domain/devices/device.ts';
import {
  evaluateCompliance,
  evaluateUnreadable,
  type ComplianceEvaluation,
} from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { deviceOf, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import {
  BEFORE,
  blockAfter,
  enrolled,
  given,
  SAMPLE,
  healthyDeviceOn,
} from '../../../support/given.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;
const WINDOW = SAMPLE.tenantSettings?.deviceHeartbeatWindowInSeconds ?? 0;
const THRESHOLD = (SAMPLE.connector?.partnerUnresponsivenessThresholdInDays ?? 0) * DAY;

const SECURED = {
  physical: 'secured',
  network: 'secured',
  application: 'secured',
  vulnerability: 'secured',
} as const;
const PROPERTIES = { operatingSystem: 'Android', osVersion: '15' } as const;

const withGrace = given({ policy: blockAfter(1) });
const risky = healthyDeviceOn('android', signalOf({ type: 'riskReported', riskLevel: 'high' }));

const partnerSeenAt = (lastHeartbeatDateTime: string): Configuration =>
  given({ connector: { lastHeartbeatDateTime } });

describe('the result of evaluateCompliance', () => {
  it('names only the missing enrolment of an unenrolled device', () => {
    expect(evaluateCompliance({ device: createDevice('x') }, SAMPLE, NOW)).toStrictEqual({
      isManaged: false,
      complianceState: 'unknown',
      partnerReportedThreatState: 'unknown',
      threatLevelByDefence: SECURED,
      reasons: [{ code: 'deviceNotEnrolled', message: 'the device is not enrolled' }],
      threats: [],
      appHealth: 'unknown',
      openIncidents: [],
      properties: undefined,
      isSilent: false,
      validUntilDateTime: addSeconds(NOW, THRESHOLD),
      policyVersion: 'none',
      policyStates: {},
    } satisfies ComplianceEvaluation);
  });

  it('gives the expiry of a healthy device', () => {
    const due = addSeconds(BEFORE, WINDOW);
    const evaluation = evaluateCompliance({ device: healthyDeviceOn('android') }, SAMPLE, NOW);
    expect(evaluation).toStrictEqual({
      isManaged: true,
      complianceState: 'compliant',
      partnerReportedThreatState: 'secured',
      threatLevelByDefence: SECURED,
      reasons: [{ code: 'compliant', message: 'every assigned policy is met' }],
      threats: [],
      appHealth: 'assessed',
      openIncidents: [],
      properties: PROPERTIES,
      isSilent: false,
      lastDeviceHeartbeatDateTime: BEFORE,
      silenceDueDateTime: due,
      heartbeatDeadlineDateTime: due,
      validUntilDateTime: due,
      policyVersion: 'android-baseline@1',
      policyStates: { 'android-baseline': {} },
    } satisfies ComplianceEvaluation);
  });

  it('gives the end of a grace period', () => {
    const ends = addSeconds(NOW, HOUR);
    const { reasons, ...evaluation } = evaluateCompliance({ device: risky }, withGrace, NOW);
    const due = addSeconds(BEFORE, WINDOW);
    expect(evaluation).toStrictEqual({
      isManaged: true,
      complianceState: 'inGracePeriod',
      partnerReportedThreatState: 'highSeverity',
      threatLevelByDefence: SECURED,
      threats: [],
      appHealth: 'assessed',
      openIncidents: [],
      properties: PROPERTIES,
      isSilent: false,
      lastDeviceHeartbeatDateTime: BEFORE,
      silenceDueDateTime: due,
      heartbeatDeadlineDateTime: due,
      complianceGracePeriodExpirationDateTime: ends,
      changeDueDateTime: ends,
      validUntilDateTime: ends,
      policyVersion: 'android-baseline@1',
      policyStates: { 'android-baseline': { noncompliantSinceDateTime: NOW } },
    } satisfies Omit<ComplianceEvaluation, 'reasons'>);
    expect(reasons.map(({ code }) => code)).toEqual([
      'threatLevelAboveCeiling',
      'riskLevelReported',
    ]);
  });

  it('is an error with its cause for an unreadable record', () => {
    expect(evaluateUnreadable('no id')).toStrictEqual({
      isManaged: false,
      complianceState: 'error',
      partnerReportedThreatState: 'unknown',
      threatLevelByDefence: SECURED,
      reasons: [{ code: 'deviceRecordInvalid', message: 'no id' }],
      threats: [],
      appHealth: 'unknown',
      openIncidents: [],
      properties: undefined,
      isSilent: false,
      policyVersion: 'none',
      policyStates: {},
    } satisfies ComplianceEvaluation);
  });

  it('names no policy if none is assigned', () => {
    const configuration = { ...SAMPLE, compliancePolicies: [] };
    const evaluation = evaluateCompliance(
      { device: healthyDeviceOn('android') },
      configuration,
      NOW,
    );
    expect([evaluation.policyVersion, evaluation.policyStates]).toEqual(['none', {}]);
    expect(evaluation.reasons).toEqual([
      {
        code: 'noCompliancePolicyAssigned',
        message: 'no compliance policy is assigned to the device',
        setting: 'secureByDefault',
      },
    ]);
  });

  it('stores a state per policy, but none for a policy in error without a previous state', () => {
    const [baseline] = SAMPLE.compliancePolicies;
    if (baseline === undefined) throw new TypeError('no sample policy');
    const compliancePolicies = [
      { ...baseline, id: 'unreadable', osMinimumVersion: '13' },
      { ...baseline, id: 'failed' },
      { ...baseline, id: 'met', deviceThreatProtectionEnabled: false },
    ];
    const device = deviceOf(
      enrolled('android', 'Tiramisu'),
      signalOf({ type: 'riskReported', riskLevel: 'medium' }),
    );
    const { policyStates } = evaluateCompliance({ device }, { ...SAMPLE, compliancePolicies }, NOW);
    expect(policyStates).toStrictEqual({
      failed: { noncompliantSinceDateTime: NOW },
      met: {},
    });
  });

  it('gives no end of grace for a device that another policy blocks', () => {
    const [graced] = withGrace.compliancePolicies;
    const [strict] = SAMPLE.compliancePolicies;
    if (graced === undefined || strict === undefined) throw new TypeError('no sample policy');
    const compliancePolicies = [graced, { ...strict, id: 'strict' }];
    const evaluation = evaluateCompliance(
      { device: risky },
      { ...SAMPLE, compliancePolicies },
      NOW,
    );
    expect(evaluation.complianceState).toBe('noncompliant');
    expect(evaluation).not.toHaveProperty('complianceGracePeriodExpirationDateTime');
    expect(evaluation.changeDueDateTime).toBe(addSeconds(NOW, HOUR));
  });
});

describe('the expiry of an evaluation', () => {
  const thresholdAgo = addSeconds(NOW, -THRESHOLD);

  it('is the end of the partner threshold, up to that very second', () => {
    const { validUntilDateTime } = evaluateCompliance(
      { device: createDevice('x') },
      partnerSeenAt(thresholdAgo),
      NOW,
    );
    expect(validUntilDateTime).toBe(NOW);
  });

  it('is absent after the partner threshold if nothing else is due', () => {
    const evaluation = evaluateCompliance(
      { device: createDevice('x') },
      partnerSeenAt(addSeconds(thresholdAgo, -1)),
      NOW,
    );
    expect(evaluation).not.toHaveProperty('validUntilDateTime');
  });
});

describe('the reported threat state of a silent device', () => {
  const LONG_AGO = addSeconds(NOW, -DAY);
  const healthyThen = (...then: readonly DeviceSignal[]): Device =>
    deviceOf(
      enrolled('android', '15', LONG_AGO),
      signalOf({ type: 'riskReported', riskLevel: 'minimal' }, LONG_AGO),
      ...then,
    );

  it.each<[string, string, Device]>([
    ['healthy', 'unresponsive', healthyThen()],
    [
      'not yet assessed',
      'unresponsive',
      deviceOf(enrolled('android', '15', LONG_AGO), signalOf({ type: 'activated' }, LONG_AGO)),
    ],
    [
      'misconfigured',
      'unresponsive',
      healthyThen(
        signalOf(
          { type: 'riskReported', riskLevel: 'minimal', healthState: 'misconfigured' },
          LONG_AGO,
        ),
      ),
    ],
    [
      'compromised at minimal risk',
      'compromised',
      healthyThen(
        signalOf(
          { type: 'riskReported', riskLevel: 'minimal', healthState: 'compromised' },
          LONG_AGO,
        ),
      ),
    ],
    [
      'threatened',
      'lowSeverity',
      healthyThen(
        signalOf(
          {
            type: 'incidentReported',
            status: 'open',
            incident: { ...INCIDENT, severity: 'low' },
          },
          LONG_AGO,
        ),
      ),
    ],
  ])('that was %s is %s', (_, state, device) => {
    const evaluation = evaluateCompliance({ device }, SAMPLE, NOW);
    expect([evaluation.isSilent, evaluation.partnerReportedThreatState]).toEqual([true, state]);
    expect(evaluation).not.toHaveProperty('silenceDueDateTime');
  });
});
