import { describe, expect, it } from 'vitest';
import { defined } from '../../../../shared/base/defined.ts';
import { assessRisk, type AppHealth } from '../../../../shared/domain/threats/assessRisk.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import type { PartnerReportedThreatState } from '../../../../shared/domain/vocabulary/threat.ts';
import { healthyDeviceOn } from '../../../support/given.ts';
import { deviceOf, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';

type Step = (at: string, signalId: string) => DeviceSignal;

const activated: Step = (at, signalId) => ({ ...signalOf({ type: 'activated' }, at), signalId });
const deactivated: Step = (at, signalId) => ({
  ...signalOf({ type: 'deactivated' }, at),
  signalId,
});
const verdict =
  (riskLevel: 'minimal' | 'medium', healthState?: 'misconfigured' | 'compromised'): Step =>
  (at, signalId) => ({
    ...signalOf({ type: 'riskReported', riskLevel, ...defined({ healthState }) }, at),
    signalId,
  });
const incident =
  (changes: Partial<typeof INCIDENT>): Step =>
  (at, signalId) => ({
    ...signalOf(
      { type: 'incidentReported', status: 'open', incident: { ...INCIDENT, ...changes } },
      at,
    ),
    signalId,
  });
const healthy = verdict('minimal');

const HISTORIES: readonly [
  string,
  readonly Step[],
  AppHealth,
  boolean,
  PartnerReportedThreatState,
][] = [
  ['nothing', [], 'unknown', false, 'unknown'],
  ['an activation', [activated], 'activated', true, 'activated'],
  ['a verdict alone', [healthy], 'assessed', false, 'secured'],
  ['an assessment', [activated, healthy], 'assessed', false, 'secured'],
  ['an activation after the verdict', [healthy, activated], 'assessed', false, 'secured'],
  ['a deactivation alone', [deactivated], 'deactivated', false, 'deactivated'],
  [
    'a deactivation before any assessment',
    [activated, deactivated],
    'deactivated',
    true,
    'deactivated',
  ],
  [
    'a deactivation after the assessment',
    [activated, healthy, deactivated],
    'deactivated',
    false,
    'deactivated',
  ],
  [
    'a deactivation after a second activation',
    [activated, healthy, activated, deactivated],
    'deactivated',
    true,
    'deactivated',
  ],
  ['a verdict after the deactivation', [deactivated, healthy], 'deactivated', false, 'deactivated'],
  [
    'a second activation',
    [activated, healthy, deactivated, activated],
    'activated',
    true,
    'activated',
  ],
  [
    'an assessment after a second activation',
    [activated, healthy, deactivated, activated, healthy],
    'assessed',
    false,
    'secured',
  ],
  [
    'a report of a misconfigured app',
    [activated, verdict('minimal', 'misconfigured')],
    'misconfigured',
    false,
    'misconfigured',
  ],
  [
    'a reactivation of a misconfigured app',
    [activated, verdict('minimal', 'misconfigured'), deactivated, activated],
    'activated',
    true,
    'activated',
  ],
  [
    'a deactivation of a compromised device',
    [verdict('minimal', 'compromised'), deactivated],
    'compromised',
    false,
    'compromised',
  ],
  ['a medium risk', [activated, verdict('medium')], 'assessed', false, 'mediumSeverity'],
  [
    'a deactivation after a medium risk',
    [verdict('medium'), deactivated],
    'deactivated',
    false,
    'mediumSeverity',
  ],
  [
    'a high threat that its user can repair',
    [healthy, incident({ severity: 'high' })],
    'assessed',
    false,
    'highSeverity',
  ],
  [
    'a high threat that only an administrator can repair',
    [healthy, incident({ threatType: 'jailbrokenOrRooted', severity: 'high' })],
    'compromised',
    false,
    'compromised',
  ],
  [
    'a medium threat that only an administrator can repair',
    [healthy, incident({ threatType: 'jailbrokenOrRooted', severity: 'medium' })],
    'assessed',
    false,
    'mediumSeverity',
  ],
  [
    'a high threat of an unknown type',
    [healthy, incident({ threatType: 'made-up', severity: 'high' })],
    'assessed',
    false,
    'highSeverity',
  ],
];

describe('assessRisk', () => {
  const assess = (signals: readonly DeviceSignal[]): readonly unknown[] => {
    const { appHealth, isAssessmentPending, threatState } = assessRisk(deviceOf(...signals), []);
    return [appHealth, isAssessmentPending, threatState];
  };

  it.each(HISTORIES)(
    'returns app health, owed assessment and threat state after %s',
    (_, steps, ...expected) => {
      const overTime = steps.map((step, at) => step(addSeconds(NOW, at), 'signal'));
      expect(assess(overTime)).toEqual(expected);
    },
  );

  it.each(HISTORIES)(
    'orders signals of one moment by their ids: after %s',
    (_, steps, ...expected) => {
      const atOnce = steps.map((step, at) => step(NOW, `signal-${String(at)}`));
      expect(assess(atOnce)).toEqual(expected);
    },
  );

  it('returns the worst level per defence and overall', () => {
    const device = healthyDeviceOn(
      'android',
      signalOf({
        type: 'telemetryReported',
        telemetry: {
          physical: { developerMode: true, passcodeEnabled: false },
          network: { security: 'open' },
          vulnerability: { updateAvailable: true },
        },
      }),
      signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }),
    );
    const { byDefence, threatLevel, reasons } = assessRisk(device, []);
    expect(byDefence).toEqual({
      physical: 'medium',
      network: 'low',
      application: 'high',
      vulnerability: 'low',
    });
    expect(threatLevel).toBe('high');
    expect(reasons.map(({ code, category }) => [code, category])).toEqual([
      ['incidentOpen', 'application'],
      ['threatDetected', 'physical'],
      ['threatDetected', 'physical'],
      ['threatDetected', 'network'],
      ['threatDetected', 'vulnerability'],
    ]);
  });

  it('returns compromised for a jailbroken device', () => {
    const device = deviceOf(
      signalOf({
        type: 'telemetryReported',
        telemetry: { physical: { jailbrokenOrRooted: true } },
      }),
    );
    expect(assessRisk(device, []).threatState).toBe('compromised');
  });
});

describe('a threat from an incident', () => {
  it.each([
    [{ threatType: 'jailbrokenOrRooted', category: 'physical' }, 'administrator', true],
    [{ threatType: 'malware' }, 'user', true],
    [{ threatType: 'made-up' }, 'user', false],
  ] as const)('with %j', (changes, repairableBy, isKnown) => {
    const device = deviceOf(incident({ ...changes, severity: 'low' })(NOW, 'signal'));
    const { threats } = assessRisk(device, []);
    const { threatType, category } = { ...INCIDENT, ...changes };
    expect(threats.map(({ definition, ...threat }) => [threat, definition !== undefined])).toEqual([
      [
        {
          threatType,
          defence: category,
          defences: [category],
          level: 'low',
          repairableBy,
          reason: {
            code: 'incidentOpen',
            message: `open ${category} incident of low severity: ${threatType}`,
            category,
            incidentId: 'incident-1',
          },
        },
        isKnown,
      ],
    ]);
  });

  it('is ignored if the organisation overrides it as secured', () => {
    const device = deviceOf(incident({ severity: 'high' })(NOW, 'signal'));
    const overrides = [{ threatType: 'malware', version: 1, severity: 'secured' }] as const;
    const { threats, reasons, ...risk } = assessRisk(device, overrides);
    expect([threats, reasons]).toEqual([[], []]);
    expect(risk).not.toHaveProperty('threatLevel');
  });
});
