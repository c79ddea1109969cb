import { describe, expect, it } from 'vitest';
import { findKept, toKeptLine } from '../../../../infra/deploy/keepParameters.ts';

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

describe('databaseZoneRedundant', () => {
  const zonal = { parameters: { databaseZoneRedundant: { type: 'bool', defaultValue: true } } };

  it('stays false, which is no empty value', () => {
    const last = { databaseZoneRedundant: { value: false } };
    expect(findKept(zonal, {}, last)).toEqual(last);
    expect(findKept(zonal, { databaseZoneRedundant: { value: true } }, last)).toEqual({});
  });

  it('goes with the account whose zones it describes', () => {
    const databaseAccount = { value: 'restored' };
    const last = { databaseAccount, databaseZoneRedundant: { value: false } };
    expect(findKept(zonal, { databaseAccount: { value: '' } }, last)).toEqual({});
    const { databaseZoneRedundant } = last;
    expect(findKept(zonal, { databaseAccount }, last)).toEqual({ databaseZoneRedundant });
  });

  it('is not named as long as it is the default', () => {
    expect(findKept(zonal, {}, { databaseZoneRedundant: { value: true } })).toEqual({});
  });
});

it.each([
  ['databaseAccount', 'restored', 'stays restored: change it with --parameters databaseAccount='],
  [
    'databaseZoneRedundant',
    false,
    'stays false: change it with --parameters databaseZoneRedundant=true',
  ],
  [
    'extraSettings',
    { A: 'hidden', B: '' },
    'stays A, B: change it with --parameters extraSettings={}',
  ],
])('%s is named, with how to change it', (name, value, text) => {
  expect(toKeptLine(name, value)).toBe(`${name} ${text}`);
});
