import { expect, it } from 'vitest';
import { createDevice } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import { isUnreported, takeReports } from '../../../../shared/domain/devices/takeReports.ts';
import { INCIDENT, signalOf } from '../../../support/signals.ts';

const ID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const EARLY = '2026-01-01T12:00:00.000Z';
const LATE = '2026-01-01T12:05:00.000Z';
const enrolledAt = (at: string, osVersion: string) =>
  signalOf({ type: 'enrolled', properties: { operatingSystem: 'iOS', osVersion } }, at, ID);
const malware = signalOf(
  { type: 'incidentReported', status: 'open', incident: INCIDENT },
  EARLY,
  ID,
);
const heartbeat = signalOf({ type: 'heartbeat' }, LATE, ID);

/** As an older release stored it. */
const inCapitals = { ...createDevice(ID), deviceId: ID.toUpperCase() };

it('gives a device without reports those of its other spelling', () => {
  const enrolment = enrolledAt(EARLY, '18');
  const enrolled = mergeSignals(createDevice(ID), [enrolment]);
  const reported = mergeSignals(inCapitals, [malware, heartbeat]);
  expect(takeReports(enrolled, reported)).toEqual(
    mergeSignals(createDevice(ID), [enrolment, malware, heartbeat]),
  );
});

it('keeps the later enrolment', () => {
  for (const [own, other] of [
    [EARLY, LATE],
    [LATE, EARLY],
  ] as const) {
    const device = mergeSignals(createDevice(ID), [enrolledAt(own, '18')]);
    const stored = mergeSignals(inCapitals, [enrolledAt(other, '17'), malware]);
    expect(takeReports(device, stored).enrolment?.observedDateTime).toBe(LATE);
  }
});

it('leaves a device with reports of its own as it is', () => {
  const device = mergeSignals(createDevice(ID), [heartbeat]);
  expect(isUnreported(device)).toBe(false);
  expect(takeReports(device, mergeSignals(inCapitals, [malware]))).toBe(device);
});
