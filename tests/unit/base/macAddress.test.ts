import { expect, it } from 'vitest';
import { isMacAddress, macDigits } from '../../../shared/base/macAddress.ts';

const NOTATIONS = ['00-00-5E-00-53-01', '00:00:5e:00:53:01', '0000.5E00.5301', '00005e005301'];

it.each(NOTATIONS)('takes `%s` for a MAC address', (text) => {
  expect(isMacAddress(text)).toBe(true);
});

it.each(['', 'phone-1', '00-00-5E-00-53', '00-00-5E-00-53-01-02', '00 00 5E 00 53 01'])(
  'does not take `%s` for a MAC address',
  (text) => {
    expect(isMacAddress(text)).toBe(false);
  },
);

it.each(NOTATIONS)('reads the same digits from `%s`', (text) => {
  expect(macDigits(text)).toBe('00005e005301');
});
