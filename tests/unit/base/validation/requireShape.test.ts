import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { requireShape } from '../../../../shared/base/validation/requireShape.ts';

const Shape = Compile(Type.Object({ name: Type.String(), size: Type.Integer() }));

describe('requireShape', () => {
  it('returns the value without unknown fields', () => {
    const value = { name: 'a', size: 1, extra: true };
    expect(requireShape(Shape, value, 'the thing is not valid')).toEqual({ name: 'a', size: 1 });
  });

  it('throws an error that names each wrong field', () => {
    expect(() => requireShape(Shape, { size: 'x' }, 'the thing is not valid')).toThrow(
      expect.objectContaining({
        code: 'invalidRequest',
        message: 'the thing is not valid',
        details: [
          { path: '/name', message: 'is required' },
          { path: '/size', message: 'must be integer' },
        ],
      }),
    );
  });
});
