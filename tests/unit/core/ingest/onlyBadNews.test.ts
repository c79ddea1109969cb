import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { fromSepMobileEvent } from '../../../../shared/core/ingest/fromSepMobileEvent.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import { enrolled, SAMPLE } from '../../../support/given.ts';
import { deviceOf, healthyDevice, INCIDENT, NOW } from '../../../support/signals.ts';

type Json = Readonly<Record<string, unknown>>;

/** The state of the device after these events, one second after each other. */
function stateAfter(device: Device, ...events: readonly Json[]): string {
  const merged = events.reduce<Device>((before, event, at) => {
    const time = addSeconds(NOW, at + 1);
    const arrival = { receivedDateTime: time, requestId: String(at), index: 0 };
    const { signals } = fromSepMobileEvent({ timestamp: time, ...event }, arrival);
    return mergeSignals(
      before,
      signals.filter((each) => 'deviceId' in each),
    );
  }, device);
  return evaluateCompliance({ device: merged }, SAMPLE, addSeconds(NOW, 60)).complianceState;
}

const event = (type: string, data: object, changes: object = {}): Json => ({
  type: `sepmobile.${type}`,
  data: { deviceId: 'phone-1', ...data },
  ...changes,
});
const opened = (data: object, changes: object = {}): Json =>
  event('incident.opened', { ...INCIDENT, ...data }, changes);
const OF_TOMORROW = { type: 'sepmobile.device.verdict' };
const WITHOUT_TIME = { timestamp: null };
const LATER = { incidentId: 'incident-2', severity: 'low' };

describe('an event of an unknown type', () => {
  it('is no first assessment of a device', () => {
    const device = deviceOf(enrolled('android'));
    const risk = event('device.risk', { riskLevel: 'minimal' });
    expect(stateAfter(device, risk)).toBe('compliant');
    expect(stateAfter(device, { ...risk, ...OF_TOMORROW })).not.toBe('compliant');
  });
});

describe.each([
  ['of an unknown type', OF_TOMORROW],
  ['without a usable time', WITHOUT_TIME],
])('an event %s', (_, wrong) => {
  it('does not make an incident with an unknown severity less severe', () => {
    const worse = opened({ severity: 'critical' });
    expect(stateAfter(healthyDevice(), worse, opened({ severity: 'low' }))).toBe('compliant');
    expect(stateAfter(healthyDevice(), worse, opened({ severity: 'low' }, wrong))).toBe(
      'noncompliant',
    );
  });

  it('does not make an unknown risk level less severe', () => {
    const worse = event('device.risk', { riskLevel: 'critical' });
    const low = { riskLevel: 'low' };
    expect(stateAfter(healthyDevice(), worse, event('device.risk', low))).toBe('compliant');
    expect(stateAfter(healthyDevice(), worse, event('device.risk', low, wrong))).toBe(
      'noncompliant',
    );
  });

  it.each(['low', 'medium', 'high'])(
    'with a severity of %s does not outdate an unreadable incident',
    (severity) => {
      const unreadable = opened({ incidentId: null });
      expect(stateAfter(healthyDevice(), unreadable)).toBe('error');
      expect(stateAfter(healthyDevice(), unreadable, opened(LATER))).toBe('compliant');
      const event = opened({ ...LATER, severity }, wrong);
      expect(stateAfter(healthyDevice(), unreadable, event)).toBe('error');
    },
  );
});

describe('an incident without an id', () => {
  it.each([undefined, null, '', ' ', '\t'])('cannot be told from others: %j', (incidentId) => {
    expect(stateAfter(healthyDevice(), opened({ incidentId, severity: 'low' }))).toBe('error');
  });
});
