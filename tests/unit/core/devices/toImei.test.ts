import { expect, it } from 'vitest';
import { toImei } from '../../../../shared/core/devices/toImei.ts';

it.each([
  '355762052793235',
  '35576205279323',
  '3557620527932317',
  '355762052793230',
  '35-576205-279323-5',
  '35 576205 279323 5',
  '35/576205/279323/5',
])('reads the printed form from `%s`', (text) => {
  expect(toImei(text)).toBe('355762052793235');
});

it('computes the check digit, which may be 0', () => {
  expect(toImei('26053179311383')).toBe('260531793113837');
  expect(toImei('49015420323751')).toBe('490154203237518');
  expect(toImei('00000000000018')).toBe('000000000000182');
});

it.each(['', '1234567890123', '12345678901234567', 'A00000245A2B3C', 'phone-1'])(
  'reads none from `%s`',
  (text) => {
    expect(toImei(text)).toBeUndefined();
  },
);
