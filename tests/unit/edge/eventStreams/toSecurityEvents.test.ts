import { describe, expect, it } from 'vitest';
import type { Announced, Notice } from '../../../../shared/domain/announcements/announcement.ts';
import {
  COMPLIANCE_CHANGE,
  OKTA_RISK_CHANGE,
  RISK_LEVEL_CHANGE,
} from '../../../../shared/edge/eventStreams/eventTypes.ts';
import type { EventStream } from '../../../../shared/edge/eventStreams/eventStream.ts';
import { toSecurityEvents } from '../../../../shared/edge/eventStreams/toSecurityEvents.ts';
import { transitionOf } from '../../../support/transitionOf.ts';
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

function eventsOf(
  previous: Partial<Announced>,
  current: Partial<Announced>,
  lastKnown: Partial<Announced> = {},
  stream = STREAM,
): Readonly<Record<string, unknown>> {
  const unknown: Announced = { complianceState: 'unknown', partnerReportedThreatState: 'unknown' };
  const events = toSecurityEvents(
    transitionOf(1, {
      previous: { ...unknown, ...previous },
      current: { ...unknown, ...current },
      lastKnown,
    }),
    stream,
    'https://mtd.example',
  );
  return Object.assign({}, ...events.map((each) => each.events)) as Record<string, unknown>;
}

const compliance = (from: State, to: State, lastKnown: Partial<Announced> = {}): unknown =>
  eventsOf({ complianceState: from }, { complianceState: to }, lastKnown)[COMPLIANCE_CHANGE];
const risk = (from: Threat, to: Threat, lastKnown: Partial<Announced> = {}): unknown =>
  eventsOf({ partnerReportedThreatState: from }, { partnerReportedThreatState: to }, lastKnown)[
    RISK_LEVEL_CHANGE
  ];
const okta = (from: Threat, to: Threat): unknown =>
  eventsOf({ partnerReportedThreatState: from }, { partnerReportedThreatState: to }, {}, OKTA)[
    OKTA_RISK_CHANGE
  ];

describe('a compliance change', () => {
  it.each([
    ['compliant', 'noncompliant', 'compliant', 'not-compliant'],
    ['noncompliant', 'compliant', 'not-compliant', 'compliant'],
    ['inGracePeriod', 'noncompliant', 'compliant', 'not-compliant'],
    ['compliant', 'error', 'compliant', 'not-compliant'],
    // The device was unenrolled, so it is blocked everywhere.
    ['compliant', 'unknown', 'compliant', 'not-compliant'],
  ] as const)('from %s to %s is sent as %s to %s', (from, to, previous, current) => {
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
  ] as const)('from %s to %s is not sent', (from, to) => {
    expect(compliance(from, to)).toBeUndefined();
  });

  it('from unknown is sent as from not-compliant if the device was known before', () => {
    const lastKnown = { complianceState: 'compliant' } as const;
    expect(compliance('unknown', 'noncompliant', lastKnown)).toBeUndefined();
    expect(compliance('unknown', 'compliant', lastKnown)).toMatchObject({
      previous_status: 'not-compliant',
      current_status: 'compliant',
    });
  });
});

describe('a risk change', () => {
  it.each([
    ['secured', 'highSeverity', 'LOW', 'HIGH'],
    ['mediumSeverity', 'lowSeverity', 'MEDIUM', 'LOW'],
    ['lowSeverity', 'compromised', 'LOW', 'HIGH'],
  ] as const)('from %s to %s is sent as %s to %s', (from, to, previous, current) => {
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
  ] as const)('from %s to %s is not sent', (from, to) => {
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

  it('after a silence starts at the last known level', () => {
    const lastKnown = { partnerReportedThreatState: 'highSeverity' } as const;
    expect(risk('unresponsive', 'secured', lastKnown)).toMatchObject({ previous_level: 'HIGH' });
    expect(risk('unresponsive', 'highSeverity', lastKnown)).toBeUndefined();
  });

  it('uses the vocabulary of Okta for an Okta receiver, even for unknown', () => {
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

it('sends no security event for a notice', () => {
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
