import { expect, it } from 'vitest';
import { findKept } from '../../../../infra/deploy/keepParameters.ts';

const TEMPLATE = { parameters: { databaseAccount: {}, extraSettings: {}, operatorsEmail: {} } };
const LAST = {
  databaseAccount: { value: 'restored' },
  extraSettings: { value: { A: 'b' } },
  operatorsEmail: { value: 'a@b.example' },
};

it('keeps what an incident has set, and nothing else', () => {
  const { operatorsEmail: _other, ...kept } = LAST;
  expect(findKept(TEMPLATE, {}, LAST)).toEqual(kept);
});

it('keeps nothing that is named again, empty as well', () => {
  const given = { databaseAccount: { value: '' }, extraSettings: { value: {} } };
  expect(findKept(TEMPLATE, given, LAST)).toEqual({});
});

it('keeps nothing that was empty, or that the template does not know', () => {
  const empty = { databaseAccount: { value: '' }, extraSettings: { value: {} } };
  expect(findKept(TEMPLATE, {}, empty)).toEqual({});
  expect(findKept({ parameters: {} }, {}, LAST)).toEqual({});
});
