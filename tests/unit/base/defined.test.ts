import { describe, expect, expectTypeOf, it } from 'vitest';
import { defined } from '../../../shared/base/defined.ts';

describe('defined', () => {
  it('drops members that are undefined', () => {
    const a: string | undefined = undefined;
    expect(Object.keys(defined({ a, b: 1 }))).toEqual(['b']);
  });

  it('keeps every other value, also one that counts as false', () => {
    const members = { nothing: null, none: 0, empty: '', no: false };
    expect(defined(members)).toEqual(members);
  });

  it('keeps the order of the members', () => {
    expect(JSON.stringify(defined({ b: 1, gone: undefined, a: 2 }))).toBe('{"b":1,"a":2}');
  });

  it('types a member as optional only if it may be undefined', () => {
    const result = defined({ id: 'a', name: undefined as string | undefined });
    expectTypeOf(result.id).toEqualTypeOf<string>();
    const exact: { readonly id: string; readonly name?: string } = result;
    expect(exact).toEqual({ id: 'a' });
  });
});
