import { expect, it } from 'vitest';
import { toMasked } from '../../../../shared/core/decisions/decisionRecord.ts';

it.each([
  ['3f2504e0-4f89-41d3-9a0c-0305e82c3301', '…3301'],
  ['02005e100001', '…001'],
  ['abc', '…'],
  ['', '…'],
  ['ada.lovelace@contoso.example', '…ace@contoso.example'],
  ['a@contoso.example', '…@contoso.example'],
])('masks %s as %s', (identifier, masked) => {
  expect(toMasked(identifier)).toBe(masked);
});
