import { describe, expect, it } from 'vitest';
import type {
  Configuration,
  MobileThreatDefenseConnector,
  SilenceBreaker,
} from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { createDevice } from '../../../../shared/domain/devices/device.ts';
import {
  breakerEndDateTime,
  deviceClock,
  heartbeatDeadline,
  isBreakerOver,
  partnerDeadline,
  silenceOf,
} from '../../../../shared/domain/compliance/deviceClock.ts';
import { given } from '../../../support/given.ts';
import { deviceOf, ENROLLED, healthyDevice, NOW, signalOf } from '../../../support/signals.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;
const LAST = '9999-12-31T23:59:59.999Z';
const at = (seconds: number): string => addSeconds(NOW, seconds);

/** Limits of silence: one hour for a device, two days without any contact, three days for the partner. */
const limited = (
  connector: Partial<MobileThreatDefenseConnector> = {},
  silenceBreaker: SilenceBreaker = { state: 'closed' },
): Configuration => ({
  ...given({
    settings: { deviceHeartbeatWindowInSeconds: HOUR, deviceComplianceCheckinThresholdDays: 2 },
    connector: {
      partnerUnresponsivenessThresholdInDays: 3,
      lastHeartbeatDateTime: at(30 * DAY),
      ...connector,
    },
  }),
  silenceBreaker,
});

const without = (name: 'connector' | 'tenantSettings'): Configuration => {
  const { [name]: _, ...rest } = limited();
  return rest;
};

describe('deviceClock', () => {
  it.each<[string, Configuration, string]>([
    ['is the current time', limited(), NOW],
    [
      'stops at the last contact with the partner',
      limited({ lastHeartbeatDateTime: at(-5) }),
      at(-5),
    ],
    [
      'stops while the silence breaker is open',
      limited({}, { state: 'open', heldDateTime: at(-9), openedDateTime: at(-7) }),
      at(-9),
    ],
    [
      'runs again a day after the silence breaker opened',
      limited({}, { state: 'open', heldDateTime: at(-2 * DAY), openedDateTime: at(-DAY) }),
      NOW,
    ],
    [
      'stops until then',
      limited({}, { state: 'open', heldDateTime: at(-2 * DAY), openedDateTime: at(1 - DAY) }),
      at(-2 * DAY),
    ],
    [
      'runs if the silence breaker opens in the future',
      limited({}, { state: 'open', heldDateTime: at(-9), openedDateTime: at(301) }),
      NOW,
    ],
    [
      'stops at the last contact with the partner after the silence breaker has ended',
      limited(
        { lastHeartbeatDateTime: at(-5) },
        { state: 'open', heldDateTime: at(-2 * DAY), openedDateTime: at(-DAY) },
      ),
      at(-5),
    ],
    ['runs if the partner reported in the future', limited({ lastHeartbeatDateTime: LAST }), NOW],
    [
      'runs again once an operator confirms the silence',
      limited({}, { state: 'confirmed', confirmedDateTime: at(-9) }),
      NOW,
    ],
    ['runs without a connector', without('connector'), NOW],
  ])('%s', (_, configuration, moment) => {
    expect(deviceClock(configuration, NOW)).toBe(moment);
  });
});

describe('the end of a hold', () => {
  const opened = { state: 'open', heldDateTime: at(-DAY), openedDateTime: NOW } as const;
  const withHold = (maximumHoldInHours: number, days: number): Configuration => ({
    ...given({
      settings: { maximumHoldInHours },
      connector: { partnerUnresponsivenessThresholdInDays: days },
    }),
    silenceBreaker: opened,
  });

  it.each([
    [1, 7, HOUR],
    [168, 7, 7 * DAY],
    [168, 2, 2 * DAY],
    [24, 1, DAY],
  ])('%d hours, and %d days of the partner, end it after %d seconds', (hours, days, seconds) => {
    const configuration = withHold(hours, days);
    expect(breakerEndDateTime(configuration)).toBe(at(seconds));
    expect(isBreakerOver(configuration, at(seconds - 0.001))).toBe(false);
    expect(isBreakerOver(configuration, at(seconds))).toBe(true);
  });

  it('counts from the confirmation too, and is over for a closed breaker', () => {
    const configuration = withHold(24, 7);
    const confirmed = { state: 'confirmed', confirmedDateTime: at(HOUR) } as const;
    expect(breakerEndDateTime({ ...configuration, silenceBreaker: confirmed })).toBe(at(25 * HOUR));
    const closed: Configuration = { ...configuration, silenceBreaker: { state: 'closed' } };
    expect([breakerEndDateTime(closed), isBreakerOver(closed, NOW)]).toEqual([undefined, true]);
  });

  it('comes at once without tenant settings', () => {
    const { tenantSettings: _, ...configuration } = withHold(24, 7);
    expect(isBreakerOver(configuration, NOW)).toBe(true);
  });
});

describe('silenceOf', () => {
  const device = healthyDevice();
  const enrolledAlone = deviceOf(signalOf(ENROLLED));
  const unenrolled = deviceOf(signalOf({ type: 'heartbeat' }));

  it('starts after the heartbeat window', () => {
    const due = at(HOUR);
    expect(silenceOf(device, limited(), due)).toEqual({ isSilent: false, dueDateTime: due });
    expect(silenceOf(device, limited(), at(HOUR + 0.001))).toEqual({ isSilent: true });
  });

  it.each<[string, Configuration]>([
    ['in a read-only integration', limited({ reportDeviceHealthAndRisk: false })],
    ['on a disabled platform', limited({ androidEnabled: false })],
  ])('starts after the check-in threshold %s', (_, configuration) => {
    const due = at(2 * DAY);
    expect(silenceOf(device, configuration, due)).toEqual({ isSilent: false, dueDateTime: due });
    expect(silenceOf(device, configuration, at(2 * DAY + 1))).toEqual({ isSilent: true });
  });

  it('counts from the enrolment of a device that never reported', () => {
    const due = at(2 * DAY);
    expect(silenceOf(enrolledAlone, limited(), NOW)).toEqual({ isSilent: false, dueDateTime: due });
  });

  it('counts from the later of enrolment and last contact', () => {
    const renewed = deviceOf(signalOf({ type: 'heartbeat' }, at(-DAY)), signalOf(ENROLLED, NOW));
    const readOnly = limited({ reportDeviceHealthAndRisk: false });
    expect(silenceOf(renewed, readOnly, NOW).dueDateTime).toBe(at(2 * DAY));
  });

  it('has a due date for an unenrolled device that reports, and without a connector', () => {
    const due = { isSilent: false, dueDateTime: at(HOUR) };
    expect(silenceOf(unenrolled, limited(), NOW)).toEqual(due);
    expect(silenceOf(device, without('connector'), NOW)).toEqual(due);
  });

  it.each<[string, Parameters<typeof silenceOf>]>([
    ['for an unknown device', [createDevice('x'), limited(), NOW]],
    ['without settings', [device, without('tenantSettings'), NOW]],
    ['at an invalid time', [device, limited(), 'Invalid Date']],
  ])('has no due date %s', (_, [subject, configuration, now]) => {
    expect(silenceOf(subject, configuration, now)).toStrictEqual({ isSilent: false });
  });
});

describe('heartbeatDeadline and partnerDeadline', () => {
  it('count from the last contact', () => {
    const { tenantSettings } = limited();
    if (tenantSettings === undefined) throw new TypeError('no settings');
    expect(heartbeatDeadline(healthyDevice(), tenantSettings)).toBe(at(HOUR));
    expect(partnerDeadline(limited())).toBe(at(33 * DAY));
  });

  it('are absent without a contact', () => {
    const { tenantSettings, connector } = limited();
    if (tenantSettings === undefined || connector === undefined) throw new TypeError('no sample');
    const { lastHeartbeatDateTime: _, ...neverSeen } = connector;
    expect(heartbeatDeadline(createDevice('x'), tenantSettings)).toBeUndefined();
    expect(partnerDeadline({ connector: neverSeen })).toBeUndefined();
    expect(partnerDeadline({})).toBeUndefined();
  });
});
