import { describe, expect, it } from 'vitest';
import type { Announced, Notice } from '../../../../shared/domain/announcements/announcement.ts';
import { COMPLIANCE_CHANGE, OKTA_RISK_CHANGE, RISK_LEVEL_CHANGE } from '../../../../shared/edge/eventStreams/eventTypes.ts';
import type { EventStream } from '../../../../shared/edge/eventStreams/eventStream.ts';
import { toSecurityEvents } from '../../../../shared/edge/eventStreams/toSecurityEvents.ts';
import { transitionOf } from '../../../support/announcements.ts';
import { NOW } from '../../../support/signals.ts';

const STREAM: EventStream = {
  id: 'stream-1',
  kind: 'eventStream',
  ownerId: 'receiver',
  aud: 'receiver',
  events_requested: [COMPLIANCE_CHANGE, RISK_LEVEL_CHANGE, OKTA_RISK_CHANGE],
  delivery: { method: 'urn:ietf:rfc:8936' },
  status: 'enabled',
  createdDateTime: NOW,
};
const OKTA: EventStream = { ...STREAM, dialect: 'okta' };

type State = Announced['complianceState'];
type Threat = Announced['partnerReportedThreatState'];

function told(
  previous: Partial<Announced>,
  current: Partial<Announced>,
  lastKnown: Partial<Announced> = {},
  stream = STREAM,
): Readonly<Record<string, unknown>> {
  const usual: Announced = { complianceState: 'unknown', partnerReportedThreatState: 'unknown' };
  const events = toSecurityEvents(
    transitionOf(1, {
      previous: { ...usual, ...previous },
      current: { ...usual, ...current },
      lastKnown,
    }),
    stream,
    'https://mtd.example',
  );
  return Object.assign({}, ...events.map((each) => each.events)) as Record<string, unknown>;
}

const compliance = (from: State, to: State, lastKnown: Partial<Announced> = {}): unknown =>
  told({ complianceState: from }, { complianceState: to }, lastKnown)[COMPLIANCE_CHANGE];
const risk = (from: Threat, to: Threat, lastKnown: Partial<Announced> = {}): unknown =>
  told({ partnerReportedThreatState: from }, { partnerReportedThreatState: to }, lastKnown)[
    RISK_LEVEL_CHANGE
  ];
const okta = (from: Threat, to: Threat): unknown =>
  told({ partnerReportedThreatState: from }, { partnerReportedThreatState: to }, {}, OKTA)[
    OKTA_RISK_CHANGE
  ];

describe('a change of compliance', () => {
  it.each([
    ['compliant', 'noncompliant', 'compliant', 'not-compliant'],
    ['noncompliant', 'compliant', 'not-compliant', 'compliant'],
    ['inGracePeriod', 'noncompliant', 'compliant', 'not-compliant'],
    ['compliant', 'error', 'compliant', 'not-compliant'],
    // Its enrolment has ended: it gets in nowhere.
    ['compliant', 'unknown', 'compliant', 'not-compliant'],
  ] as const)('from %s to %s goes from %s to %s', (from, to, previous, current) => {
    expect(compliance(from, to)).toMatchObject({
      previous_status: previous,
      current_status: current,
    });
  });

  it.each([
    ['compliant', 'inGracePeriod'],
    ['noncompliant', 'error'],
    ['unknown', 'compliant'],
    ['unknown', 'noncompliant'],
    ['noncompliant', 'unknown'],
  ] as const)('from %s to %s is none', (from, to) => {
    expect(compliance(from, to)).toBeUndefined();
  });

  it('out of the unknown goes from not-compliant, where the device was known before', () => {
    const lastKnown = { complianceState: 'compliant' } as const;
    expect(compliance('unknown', 'noncompliant', lastKnown)).toBeUndefined();
    expect(compliance('unknown', 'compliant', lastKnown)).toMatchObject({
      previous_status: 'not-compliant',
      current_status: 'compliant',
    });
  });
});

describe('a change of risk', () => {
  it.each([
    ['secured', 'highSeverity', 'LOW', 'HIGH'],
    ['mediumSeverity', 'lowSeverity', 'MEDIUM', 'LOW'],
    ['lowSeverity', 'compromised', 'LOW', 'HIGH'],
  ] as const)('from %s to %s goes from %s to %s', (from, to, previous, current) => {
    expect(risk(from, to)).toMatchObject({
      principal: 'DEVICE',
      previous_level: previous,
      current_level: current,
    });
  });

  it.each([
    ['secured', 'lowSeverity'],
    ['highSeverity', 'compromised'],
    ['highSeverity', 'unresponsive'],
    ['secured', 'deactivated'],
  ] as const)('from %s to %s is none', (from, to) => {
    expect(risk(from, to)).toBeUndefined();
  });

  it('of a device that was never assessed has no previous level', () => {
    expect(risk('activated', 'mediumSeverity')).toEqual({
      principal: 'DEVICE',
      current_level: 'MEDIUM',
      risk_reason: 'mediumSeverity',
      event_timestamp: Date.parse(NOW) / 1000,
      initiating_entity: 'policy',
      reason_admin: { en: 'unknown' },
    });
  });

  it('after a silence goes from what was last known', () => {
    const lastKnown = { partnerReportedThreatState: 'highSeverity' } as const;
    expect(risk('unresponsive', 'secured', lastKnown)).toMatchObject({ previous_level: 'HIGH' });
    expect(risk('unresponsive', 'highSeverity', lastKnown)).toBeUndefined();
  });

  it('has words of its own for Okta, for the unknown too', () => {
    expect(okta('secured', 'lowSeverity')).toMatchObject({
      previous_level: 'secure',
      current_level: 'low',
    });
    expect(okta('highSeverity', 'unresponsive')).toMatchObject({
      previous_level: 'high',
      current_level: 'none',
    });
    expect(okta('activated', 'unknown')).toBeUndefined();
  });
});

it('a notice is no security event', () => {
  const { type: _, previous: __, current: ___, lastKnown: ____, ...envelope } = transitionOf(1);
  const notice: Notice = {
    ...envelope,
    type: 'notice',
    actionType: 'notification',
    policyId: 'policy',
    policyDisplayName: 'Policy',
    noncompliantSinceDateTime: NOW,
    blockDateTime: NOW,
  };
  expect(toSecurityEvents(notice, STREAM, 'https://mtd.example')).toEqual([]);
});
