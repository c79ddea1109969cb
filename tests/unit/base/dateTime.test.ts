import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds, isAhead, isDateTime, toDateTime } from '../../../shared/base/dateTime.ts';

describe('toDateTime', () => {
  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31t12:00:00.5z', '2026-01-31T12:00:00.500Z'],
    ['2026-01-31T12:00:00.123999Z', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31T00:30:00+02:00', '2026-01-30T22:30:00.000Z'],
    ['2026-01-31T23:59:59-00:00', '2026-01-31T23:59:59.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('converts %s to its canonical form', (text, canonical) => {
    expect(toDateTime(text)).toBe(canonical);
  });

  it.each([
    ['the 24th hour', '2026-01-01T24:00:00Z'],
    ['the 60th minute', '2026-01-01T00:60:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['a day that does not exist', '2026-02-29T00:00:00Z'],
    ['a month that does not exist', '2026-13-01T00:00:00Z'],
    ['an offset of a day', '2026-01-01T00:00:00+24:00'],
    ['a missing offset', '2026-01-01T00:00:00'],
    ['a missing time', '2026-01-01'],
    ['a moment before year 0', '0000-01-01T00:00:00+01:00'],
    ['a word', 'yesterday'],
  ])('rejects %s', (_, text) => {
    expect(toDateTime(text)).toBeUndefined();
  });
});

describe('addSeconds', () => {
  const FIRST = '0001-01-01T00:00:00.000Z';
  const LAST = '9999-12-31T23:59:59.999Z';
  const anyMoment = fc
    .date({ min: new Date(FIRST), max: new Date(LAST), noInvalidDate: true })
    .map((date) => date.toISOString());
  const anySeconds = fc.oneof(
    fc.integer({ min: -1e6, max: 1e6 }),
    fc.double({ noNaN: true }),
    fc.constantFrom(Infinity, -Infinity, 8.64e12, -8.64e12),
  );

  it('returns a canonical moment for every canonical moment, and keeps their order', () => {
    fc.assert(
      fc.property(anyMoment, anySeconds, (moment, seconds) => {
        const result = addSeconds(moment, seconds);
        expect(isDateTime(result)).toBe(true);
        expect(toDateTime(result)).toBe(result);
        if (seconds > 0) expect(result >= moment).toBe(true);
        if (seconds < 0) expect(result <= moment).toBe(true);
      }),
    );
  });

  it.each([
    [LAST, 1, LAST],
    ['9999-12-31T23:59:59.000Z', 7 * 24 * 60 * 60, LAST],
    [FIRST, -1, FIRST],
    ['0000-01-01T00:00:00.000Z', -30 * 24 * 60 * 60, FIRST],
    ['2026-01-01T00:00:00.000Z', 0.001, '2026-01-01T00:00:00.001Z'],
  ])('of %s and %d is %s', (moment, seconds, result) => {
    expect(addSeconds(moment, seconds)).toBe(result);
  });
});

describe('isAhead', () => {
  const now = '2026-01-01T00:00:00.000Z';
  it.each([
    ['2026-01-01T00:05:00.000Z', false],
    ['2026-01-01T00:05:00.001Z', true],
    ['9999-12-31T23:59:59.999Z', true],
    ['2025-12-31T00:00:00.000Z', false],
  ])('allows clocks to differ by five minutes: %s is %s', (moment, isTooLate) => {
    expect(isAhead(moment, now)).toBe(isTooLate);
  });

  it('is false at the end of time, after which there is no moment', () => {
    expect(isAhead('9999-12-31T23:59:59.999Z', '9999-12-31T23:59:00.000Z')).toBe(false);
  });
});
