import { expect, it } from 'vitest';
import { readTime } from '../../../../shared/core/ingest/arrival.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { NOW } from '../../../support/signals.ts';

const ARRIVAL = { receivedDateTime: NOW, requestId: 'request', index: 0 };

it.each([
  ['2026-01-01T12:00:00.000Z'],
  ['2026-01-01T12:00:00+0000'],
  ['2026-01-01T14:00:00.000+0200'],
  [' 2026-01-01T12:00:00Z '],
])('reads the time %s', (text) => {
  expect(readTime(text, '/time', ARRIVAL)).toEqual({
    ok: true,
    observedDateTime: '2026-01-01T12:00:00.000Z',
  });
});

it.each([
  [undefined, 'invalidEvent'],
  [null, 'invalidEvent'],
  [1767268800, 'invalidEvent'],
  ['2026-01-01', 'invalidEvent'],
  ['0001-01-01T00:00:00Z', 'invalidEvent'],
  ['1970-01-01T00:00:00Z', 'invalidEvent'],
  ['9999-12-31T23:59:59Z', 'observedInFuture'],
  [addSeconds(NOW, 301), 'observedInFuture'],
])('finds no usable time in %s', (value, code) => {
  expect(readTime(value, '/time', ARRIVAL)).toMatchObject({ ok: false, rejection: { code } });
});
