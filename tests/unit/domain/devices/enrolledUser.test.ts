import { describe, expect, it } from 'vitest';
import { EMPTY_GUID } from '../../../../shared/base/guid.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { SAMPLE, stateAndCodes } from '../../../support/given.ts';
import { deviceOf, ENROLLED, healthySignals, NOW, signalOf } from '../../../support/signals.ts';

type User = Readonly<Record<string, string>>;

const enrolledFor = (user: User, at: string): DeviceSignal =>
  signalOf({ ...ENROLLED, properties: { ...ENROLLED.properties, ...user } }, at);

const codeOf = (device: Device): string | undefined => stateAndCodes({ device }, SAMPLE, NOW)[1];

const ANNA = { userPrincipalName: 'anna@contoso.example', userId: 'user-1' };
const NOBODY = { userPrincipalName: '', userId: '' };

describe('the user of a device', () => {
  it.each<[string, readonly User[], boolean]>([
    ['with a user', [ANNA], false],
    ['that was never said to have one', [{}], false],
    ['that never had one', [NOBODY], false],
    ['that never had one, by the empty GUID', [{ userId: EMPTY_GUID }], false],
    ['that had one', [ANNA, NOBODY], true],
    ['that had one, by its id', [{ userId: 'user-1' }, { userId: '' }], true],
    ['that had one, by the empty GUID', [ANNA, { ...ANNA, userId: EMPTY_GUID }], true],
    ['whose name is gone', [ANNA, { ...ANNA, userPrincipalName: '' }], true],
    [
      'that had one, known by another property',
      [{ userId: 'user-1' }, { userPrincipalName: '' }],
      true,
    ],
    [
      'with another user',
      [ANNA, { userPrincipalName: 'ben@contoso.example', userId: 'user-2' }],
      false,
    ],
    ['with a user again', [ANNA, NOBODY, ANNA], false],
    ['of which nothing more is said', [ANNA, {}], false],
    ['whose user was always known by name only', [{ ...ANNA, userId: '' }], false],
  ])('is judged for a device %s', (_, users, isGone) => {
    const signals = users.map((user, at) => enrolledFor(user, addSeconds(NOW, at)));
    const healthy = healthySignals('phone-1', NOW).slice(1);
    for (const order of [signals, signals.toReversed()]) {
      const device = deviceOf(...order, ...healthy);
      expect(codeOf(device)).toBe(isGone ? 'enrolledUserMissing' : 'compliant');
    }
  });

  it('is missed after a device left and came back', () => {
    const device = deviceOf(
      ...healthySignals('phone-1', NOW).slice(1),
      enrolledFor(ANNA, NOW),
      signalOf({ type: 'unenrolled' }, addSeconds(NOW, 1)),
      enrolledFor(NOBODY, addSeconds(NOW, 2)),
    );
    expect(codeOf(device)).toBe('enrolledUserMissing');
  });

  it('is read from records of the first release, which had no fact about it', () => {
    const old = (user: User): Device => {
      const { namedUserBy: _, ...device } = deviceOf(
        ...healthySignals('phone-1', NOW).slice(1),
        enrolledFor(user, NOW),
      );
      return device;
    };
    expect(codeOf(old(NOBODY))).toBe('enrolledUserMissing');
    expect(codeOf(old(ANNA))).toBe('compliant');
    const gone = enrolledFor(NOBODY, addSeconds(NOW, 2));
    const left = signalOf({ type: 'unenrolled' }, addSeconds(NOW, 1));
    expect(codeOf(mergeSignals(old(ANNA), [gone]))).toBe('enrolledUserMissing');
    for (const order of [
      [left, gone],
      [gone, left],
    ])
      expect(codeOf(mergeSignals(old(ANNA), order))).toBe('enrolledUserMissing');
  });

  it('counts if a release without the fact enrolled it in between', () => {
    const dedicated = deviceOf(
      ...healthySignals('phone-1', NOW).slice(1),
      enrolledFor(NOBODY, NOW),
    );
    const { enrolment } = deviceOf(enrolledFor(ANNA, addSeconds(NOW, 1)));
    const mixed = { ...dedicated, ...(enrolment === undefined ? {} : { enrolment }) };
    expect(codeOf(mergeSignals(mixed, [enrolledFor(NOBODY, addSeconds(NOW, 2))]))).toBe(
      'enrolledUserMissing',
    );
  });
});
