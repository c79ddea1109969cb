import { describe, expect, it } from 'vitest';
import { assessRisk, type AppHealth } from '../../../../shared/domain/threats/assessRisk.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import type { PartnerReportedThreatState } from '../../../../shared/domain/vocabulary/threat.ts';
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
    ...signalOf(
      { type: 'riskReported', riskLevel, ...(healthState === undefined ? {} : { healthState }) },
      at,
    ),
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
const well = verdict('minimal');

const HISTORIES: readonly [
  string,
  readonly Step[],
  AppHealth,
  boolean,
  PartnerReportedThreatState,
][] = [
  ['nothing', [], 'unknown', false, 'unknown'],
  ['an activation', [activated], 'activated', true, 'activated'],
  ['a verdict alone', [well], 'assessed', false, 'secured'],
  ['an assessment', [activated, well], 'assessed', false, 'secured'],
  ['an activation after the verdict', [well, activated], 'assessed', false, 'secured'],
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
    [activated, well, deactivated],
    'deactivated',
    false,
    'deactivated',
  ],
  [
    'a deactivation after a second activation',
    [activated, well, activated, deactivated],
    'deactivated',
    true,
    'deactivated',
  ],
  ['a verdict after the deactivation', [deactivated, well], 'deactivated', false, 'deactivated'],
  [
    'a second activation',
    [activated, well, deactivated, activated],
    'activated',
    true,
    'activated',
  ],
  [
    'an assessment after it',
    [activated, well, deactivated, activated, well],
    'assessed',
    false,
    'secured',
  ],
  [
    'an app that does not work',
    [activated, verdict('minimal', 'misconfigured')],
    'misconfigured',
    false,
    'misconfigured',
  ],
  [
    'an app that did not work before it was activated again',
    [activated, verdict('minimal', 'misconfigured'), deactivated, activated],
    'activated',
    true,
    'activated',
  ],
  [
    'a compromise that nothing after it takes back',
    [verdict('minimal', 'compromised'), deactivated],
    'compromised',
    false,
    'compromised',
  ],
  ['a risk', [activated, verdict('medium')], 'assessed', false, 'mediumSeverity'],
  [
    'a risk behind which the app was taken away',
    [verdict('medium'), deactivated],
    'deactivated',
    false,
    'mediumSeverity',
  ],
  [
    'a high threat that its user can repair',
    [well, incident({ severity: 'high' })],
    'assessed',
    false,
    'highSeverity',
  ],
  [
    'a high threat that only an administrator can',
    [well, incident({ threatType: 'jailbrokenOrRooted', severity: 'high' })],
    'compromised',
    false,
    'compromised',
  ],
  [
    'a lower one that only an administrator can',
    [well, incident({ threatType: 'jailbrokenOrRooted', severity: 'medium' })],
    'assessed',
    false,
    'mediumSeverity',
  ],
  [
    'a high threat of a type that nobody knows',
    [well, incident({ threatType: 'made-up', severity: 'high' })],
    'assessed',
    false,
    'highSeverity',
  ],
];

describe('what can be believed of the app', () => {
  const judge = (signals: readonly DeviceSignal[]): readonly unknown[] => {
    const { appHealth, isAssessmentPending, threatState } = assessRisk(deviceOf(...signals), []);
    return [appHealth, isAssessmentPending, threatState];
  };

  it.each(HISTORIES)('after %s', (_, steps, ...expected) => {
    const overTime = steps.map((step, at) => step(addSeconds(NOW, at), 'signal'));
    expect(judge(overTime)).toEqual(expected);
  });

  it.each(HISTORIES)(
    'after %s, all of one moment and in the order of their ids',
    (_, steps, ...expected) => {
      const atOnce = steps.map((step, at) => step(NOW, `signal-${String(at)}`));
      expect(judge(atOnce)).toEqual(expected);
    },
  );
});

describe('a threat', () => {
  it.each([
    [{ threatType: 'jailbrokenOrRooted', category: 'physical' }, 'administrator', true],
    [{ threatType: 'malware' }, 'user', true],
    [{ threatType: 'made-up' }, 'user', false],
  ] as const)('as sent %j', (changes, repairableBy, isKnown) => {
    const device = deviceOf(incident({ ...changes, severity: 'low' })(NOW, 'signal'));
    const { threats } = assessRisk(device, []);
    const { threatType, category } = { ...INCIDENT, ...changes };
    expect(threats.map(({ definition, ...threat }) => [threat, definition !== undefined])).toEqual([
      [
        {
          threatType,
          defence: category,
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

  it('that an organisation says does not count is none', () => {
    const device = deviceOf(incident({ severity: 'high' })(NOW, 'signal'));
    const overrides = [{ threatType: 'malware', version: 1, severity: 'secured' }] as const;
    const { threats, reasons, ...risk } = assessRisk(device, overrides);
    expect([threats, reasons]).toEqual([[], []]);
    expect(risk).not.toHaveProperty('threatLevel');
  });
});
