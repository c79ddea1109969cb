import { expect, it } from 'vitest';
import { EMPTY_GUID, foldGuid, isGuid, isSameId, toGuid } from '../../../shared/base/guid.ts';

it.each([
  EMPTY_GUID,
  'a2d4f1c0-0b5e-4c7d-9f3a-1b2c3d4e5f60',
  'A2D4F1C0-0B5E-4C7D-9F3A-1B2C3D4E5F60',
])('takes `%s` for a GUID', (text) => {
  expect(isGuid(text)).toBe(true);
});

it.each([
  '',
  'phone-1',
  'a2d4f1c00b5e4c7d9f3a1b2c3d4e5f60',
  '{a2d4f1c0-0b5e-4c7d-9f3a-1b2c3d4e5f60}',
  ' a2d4f1c0-0b5e-4c7d-9f3a-1b2c3d4e5f60',
  'a2d4f1c0-0b5e-4c7d-9f3a-1b2c3d4e5f60 ',
  'g2d4f1c0-0b5e-4c7d-9f3a-1b2c3d4e5f60',
])('does not take `%s` for a GUID', (text) => {
  expect(isGuid(text)).toBe(false);
});

it.each([
  'a2d4f1c0-0b5e-4c7d-9f3a-1b2c3d4e5f60',
  'A2D4F1C0-0B5E-4C7D-9F3A-1B2C3D4E5F60',
  '{a2d4f1c0-0b5e-4c7d-9f3a-1b2c3d4e5f60}',
  '{A2D4F1C0-0b5e-4c7d-9f3a-1b2c3d4e5f60}',
])('writes the GUID `%s` in small letters, without braces', (text) => {
  expect(foldGuid(text)).toBe('a2d4f1c0-0b5e-4c7d-9f3a-1b2c3d4e5f60');
});

it.each([
  '',
  'Phone-1',
  '{Phone-1}',
  '{A2D4F1C0-0B5E-4C7D-9F3A-1B2C3D4E5F60',
  '{{A2D4F1C0-0B5E-4C7D-9F3A-1B2C3D4E5F60}}',
  'A2D4F1C0-0B5E-4C7D-9F3A-1B2C3D4E5F6',
])('leaves `%s` as it is', (text) => {
  expect(foldGuid(text)).toBe(text);
});

it('compares ids that are no GUIDs exactly', () => {
  expect([isSameId('phone-1', 'phone-1'), isSameId('phone-1', 'Phone-1')]).toEqual([true, false]);
});

it('writes hexadecimal digits as a GUID', () => {
  expect(toGuid('a2d4f1c00b5e4c7d9f3a1b2c3d4e5f60')).toBe('a2d4f1c0-0b5e-4c7d-9f3a-1b2c3d4e5f60');
});
