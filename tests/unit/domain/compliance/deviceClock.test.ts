import { describe, expect, it } from 'vitest';
import type {
  Configuration,
  SilenceBreaker,
} from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { createDevice } from '../../../../shared/domain/devices/device.ts';
import {
  deviceClock,
  heartbeatDeadline,
  partnerDeadline,
  silenceOf,
} from '../../../../shared/domain/compliance/deviceClock.ts';
import { sampleConfiguration } from '../../../support/sampleConfiguration.ts';
import { deviceOf, ENROLLED, healthyDevice, NOW, signalOf } from '../../../support/signals.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;
const at = (seconds: number): string => addSeconds(NOW, seconds);

/** Devices may be silent for an hour, and without any contact for two days; the partner for three days. */
function given(
  changes: {
    readonly connector?: Partial<NonNullable<Configuration['connector']>>;
    readonly silenceBreaker?: SilenceBreaker;
  } = {},
): Configuration {
  const sample = sampleConfiguration();
  if (sample.connector === undefined || sample.tenantSettings === undefined) {
    throw new TypeError('no sample');
  }
  return {
    ...sample,
    tenantSettings: {
      ...sample.tenantSettings,
      deviceHeartbeatWindowInSeconds: HOUR,
      deviceComplianceCheckinThresholdDays: 2,
    },
    connector: {
      ...sample.connector,
      partnerUnresponsivenessThresholdInDays: 3,
      lastHeartbeatDateTime: at(30 * DAY),
      ...changes.connector,
    },
    silenceBreaker: changes.silenceBreaker ?? { state: 'closed' },
  };
}

const without = (name: 'connector' | 'tenantSettings'): Configuration => {
  const { [name]: _, ...rest } = given();
  return rest;
};

describe('the clock of the devices', () => {
  it.each<[string, Configuration, string]>([
    ['is the clock', given(), NOW],
    [
      'stands where the partner was last heard',
      given({ connector: { lastHeartbeatDateTime: at(-5) } }),
      at(-5),
    ],
    [
      'stands where the breaker holds it',
      given({ silenceBreaker: { state: 'open', heldDateTime: at(-9), openedDateTime: at(-7) } }),
      at(-9),
    ],
    [
      'runs on once somebody has confirmed the silence',
      given({ silenceBreaker: { state: 'confirmed', confirmedDateTime: at(-9) } }),
      NOW,
    ],
    ['needs no connector', without('connector'), NOW],
  ])('%s', (_, configuration, moment) => {
    expect(deviceClock(configuration, NOW)).toBe(moment);
  });
});

describe('the silence of a device', () => {
  const device = healthyDevice();
  const enrolledAlone = deviceOf(signalOf(ENROLLED));
  const strange = deviceOf(signalOf({ type: 'heartbeat' }));

  it('begins after its window', () => {
    const due = at(HOUR);
    expect(silenceOf(device, given(), due)).toEqual({ isSilent: false, dueDateTime: due });
    expect(silenceOf(device, given(), at(HOUR + 0.001))).toEqual({ isSilent: true });
  });

  it.each<[string, Configuration]>([
    ['in a read-only integration', given({ connector: { reportDeviceHealthAndRisk: false } })],
    ['where its platform is switched off', given({ connector: { androidEnabled: false } })],
  ])('begins after the longer time without any contact %s', (_, configuration) => {
    const due = at(2 * DAY);
    expect(silenceOf(device, configuration, due)).toEqual({ isSilent: false, dueDateTime: due });
    expect(silenceOf(device, configuration, at(2 * DAY + 1))).toEqual({ isSilent: true });
  });

  it('counts from the enrolment for a device that was never heard', () => {
    const due = at(2 * DAY);
    expect(silenceOf(enrolledAlone, given(), NOW)).toEqual({ isSilent: false, dueDateTime: due });
  });

  it('counts from the later of enrolment and sign of life', () => {
    const renewed = deviceOf(signalOf({ type: 'heartbeat' }, at(-DAY)), signalOf(ENROLLED, NOW));
    const readOnly = given({ connector: { reportDeviceHealthAndRisk: false } });
    expect(silenceOf(renewed, readOnly, NOW).dueDateTime).toBe(at(2 * DAY));
  });

  it('is awaited of whoever sends, enrolled or not, and without a connector', () => {
    const due = { isSilent: false, dueDateTime: at(HOUR) };
    expect(silenceOf(strange, given(), NOW)).toEqual(due);
    expect(silenceOf(device, without('connector'), NOW)).toEqual(due);
  });

  it.each<[string, Parameters<typeof silenceOf>]>([
    ['of a device that nobody knows', [createDevice('x'), given(), NOW]],
    ['without settings', [device, without('tenantSettings'), NOW]],
    ['at no time', [device, given(), 'Invalid Date']],
  ])('is none %s', (_, [subject, configuration, now]) => {
    expect(silenceOf(subject, configuration, now)).toStrictEqual({ isSilent: false });
  });
});

describe('the two deadlines', () => {
  it('count from the last sign of life', () => {
    const { tenantSettings } = given();
    if (tenantSettings === undefined) throw new TypeError('no settings');
    expect(heartbeatDeadline(healthyDevice(), tenantSettings)).toBe(at(HOUR));
    expect(partnerDeadline(given())).toBe(at(33 * DAY));
  });

  it('are none where nobody was heard', () => {
    const { tenantSettings, connector } = given();
    if (tenantSettings === undefined || connector === undefined) throw new TypeError('no sample');
    const { lastHeartbeatDateTime: _, ...unheard } = connector;
    expect(heartbeatDeadline(createDevice('x'), tenantSettings)).toBeUndefined();
    expect(partnerDeadline({ connector: unheard })).toBeUndefined();
    expect(partnerDeadline({})).toBeUndefined();
  });
});
