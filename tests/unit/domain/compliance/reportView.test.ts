import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import { tidyDevice } from '../../../../shared/domain/devices/tidyDevice.ts';
import {
  reportFaultId,
  type KnownReportFault,
  type ReportFault,
} from '../../../../shared/domain/vocabulary/reportFault.ts';
import type { DeviceSignal, IncidentDetails } from '../../../../shared/domain/vocabulary/signal.ts';
import { SAMPLE } from '../../../support/given.ts';
import { healthyDevice, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';

const at = (seconds: number): string => addSeconds(NOW, seconds);

function stateOf(
  signals: readonly DeviceSignal[],
  reportFaults: readonly KnownReportFault[] = [],
  changes: Partial<typeof SAMPLE> = {},
): string {
  const device = tidyDevice(mergeSignals(healthyDevice(), signals), at(1000));
  const configuration = { ...SAMPLE, ...changes, reportFaults };
  return evaluateCompliance({ device }, configuration, at(1000)).complianceState;
}

const known = (
  field: string,
  word: string,
  rest: Pick<KnownReportFault, 'state' | 'meaning' | 'heldDateTime'>,
): KnownReportFault => ({ id: reportFaultId({ field, word }), field, word, ...rest });

const risk = (word: string, seconds: number): DeviceSignal =>
  signalOf(
    { type: 'riskReported', riskLevel: 'high', faults: [{ field: 'riskLevel', word }] },
    at(seconds),
  );
const incident = (word: string, seconds: number): DeviceSignal =>
  signalOf(
    {
      type: 'incidentReported',
      status: 'open',
      incident: { ...INCIDENT, faults: [{ field: 'severity', word }] },
    },
    at(seconds),
  );
const unreadable = (word: string, seconds: number): DeviceSignal =>
  signalOf(
    { type: 'reportUnreadable', kind: 'physical', fault: { field: 'physical', word } },
    at(seconds),
  );

describe('a word that counts for nothing', () => {
  it.each([
    ['a risk', risk, 'riskLevel'],
    ['an incident', incident, 'severity'],
    ['an unreadable report', unreadable, 'physical'],
  ] as const)('does not relieve a device of another unknown word: %s', (_, report, field) => {
    const signals = [report('critical', 1), report('fine', 2)];
    const held = known(field, 'fine', { state: 'held', heldDateTime: at(1.5) });
    const ignored = known(field, 'fine', { state: 'resolved', meaning: 'nothing' });
    for (const fault of [held, ignored]) {
      expect(stateOf(signals, [fault])).not.toBe('compliant');
      expect(stateOf(signals.toReversed(), [fault])).not.toBe('compliant');
      expect(stateOf([report('fine', 2)], [fault])).toBe('compliant');
    }
    const both: ReportFault[] = [
      { field, word: 'critical' },
      { field, word: 'fine' },
    ];
    const resolved = both.map((fault) =>
      known(fault.field, fault.word, { state: 'resolved', meaning: 'nothing' }),
    );
    expect(stateOf(signals, resolved)).toBe('compliant');
  });

  it('counts as what the operator says, and then replaces an earlier unknown word', () => {
    const signals = [risk('critical', 1), risk('sev3', 2)];
    const low = known('riskLevel', 'sev3', { state: 'resolved', meaning: 'minimal' });
    expect(stateOf(signals, [low])).toBe('compliant');
    expect(stateOf(signals.toReversed(), [low])).toBe('compliant');
  });
});

describe('incidents beyond the room of a record', () => {
  const open = (changes: Partial<IncidentDetails>, seconds = 1): DeviceSignal =>
    signalOf(
      { type: 'incidentReported', status: 'open', incident: { ...INCIDENT, ...changes } },
      at(seconds),
    );
  const resolve = (incidentId: string, seconds: number): DeviceSignal =>
    signalOf(
      { type: 'incidentReported', status: 'resolved', incident: { ...INCIDENT, incidentId } },
      at(seconds),
    );
  const many = (count: number, changes: Partial<IncidentDetails>): DeviceSignal[] =>
    Array.from({ length: count }, (_, number) =>
      open({ ...changes, incidentId: `many-${String(number)}` }, 2),
    );
  const advance = (signals: readonly DeviceSignal[], device: Device = healthyDevice()): Device =>
    tidyDevice(mergeSignals(device, signals), at(1000));
  const state = (device: Device, configuration = SAMPLE): string =>
    evaluateCompliance({ device }, configuration, at(1000)).complianceState;
  const lenient = {
    ...SAMPLE,
    compliancePolicies: SAMPLE.compliancePolicies.map((policy) => ({
      ...policy,
      deviceThreatProtectionRequiredSecurityLevel: 'medium' as const,
    })),
  };

  it('keep the severity that the organisation gives to their type', () => {
    const raised = {
      ...lenient,
      threatOverrides: [{ threatType: 'sslDecryption', version: 1, severity: 'high' as const }],
    };
    const first = open({ incidentId: 'raised', threatType: 'sslDecryption', severity: 'low' });
    const device = advance(many(45, { severity: 'low' }), advance([first]));
    expect(device.incidents.some(({ value }) => value.incidentId === 'raised')).toBe(false);
    expect(state(device, raised)).toBe('noncompliant');
    expect(state(device, lenient)).toBe('compliant');
  });

  it('count until each is resolved, whatever SEP Mobile says of the risk', () => {
    const all = advance(many(80, { severity: 'high' }));
    const judged = signalOf({ type: 'riskReported', riskLevel: 'minimal' }, at(5));
    const some = Array.from({ length: 75 }, (_, number) => resolve(`many-${String(number)}`, 4));
    const left = advance([...some, judged], all);
    expect(state(left)).toBe('noncompliant');
    const rest = Array.from({ length: 5 }, (_, number) =>
      resolve(`many-${String(75 + number)}`, 6),
    );
    const none = advance(rest, left);
    expect(none.incidentOverflow).toBeUndefined();
    expect(state(none)).toBe('compliant');
  });

  it('count until an operator clears them, if there are too many to know each', () => {
    const all = advance(many(400, { severity: 'high' }));
    const some = Array.from({ length: 400 }, (_, number) => resolve(`many-${String(number)}`, 4));
    const left = advance(some, all);
    expect(left.incidentOverflow?.lostCount).toBeGreaterThan(0);
    expect(state(left)).toBe('noncompliant');
    const cleared = signalOf({ type: 'unreadableReportsCleared' }, at(5));
    expect(state(advance([cleared], left))).toBe('compliant');
  });
});

describe('a resolution', () => {
  const resolvedAt = (resolvedDateTime: string): DeviceSignal =>
    signalOf(
      {
        type: 'incidentReported',
        status: 'resolved',
        incident: { ...INCIDENT, detectedDateTime: '2010-01-01T00:00:00.000Z', resolvedDateTime },
      },
      at(3),
    );
  const opened = signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }, at(1));

  it('from before the incident was detected does not resolve it, in any order', () => {
    const early = resolvedAt('2013-05-05T00:00:00.000Z');
    expect(stateOf([opened, early])).toBe('noncompliant');
    expect(stateOf([early, opened])).toBe('noncompliant');
    const late = resolvedAt(at(2));
    expect(stateOf([opened, late])).toBe('compliant');
    expect(stateOf([late, opened])).toBe('compliant');
  });
});
