import { expect, it } from 'vitest';
import { isPlaceholder } from '../../../../shared/domain/vocabulary/isPlaceholder.ts';

it.each([
  '0123456789ABCDEF',
  '0123456789abcdef',
  '1234567890ABCDEF',
  '123456789ABCDEF',
  '0123456789',
  '123456789012345',
  '0123456789012345678901234567890',
  'unknown',
  'Unknown',
  ' UNKNOWN ',
  'null',
  'N/A',
  '-',
  'To Be Filled By O.E.M.',
  'Default string',
  '0',
  '00000000',
  '000000000000000',
  '004999010640000',
  '00-499901-064000-0',
  '02:00:00:00:00:00',
  '02-00-00-00-00-00',
  '0200.0000.0000',
  '00:00:00:00:00:00',
  'FF:FF:FF:FF:FF:FF',
  '00000000-0000-0000-0000-000000000000',
  '111111111111111',
  'xxxxxxxx',
])('%j identifies no device', (value) => {
  expect(isPlaceholder(value)).toBe(true);
});

it.each([
  'R5CT70ABCDE',
  '1',
  '1234567',
  'C02UNKNOWN',
  '0123456789ABCDEF0',
  '356938035643809',
  '02:00:00:00:00:01',
  '02:00:5E:00:53:01',
  '0A0A0A',
  '11111',
  'Ωμέγα-42',
])('%j may identify one', (value) => {
  expect(isPlaceholder(value)).toBe(false);
});
