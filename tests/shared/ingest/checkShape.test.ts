import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { expect, it } from 'vitest';
import { findProblems } from '../../../shared/ingest/checkShape.ts';

const Shape = Compile(
  Type.Object(
    {
      level: Type.Optional(Type.Enum(['low', 'high'])),
      kind: Type.Optional(Type.Literal('device')),
      when: Type.Optional(Type.String({ format: 'date-time' })),
      target: Type.Optional(
        Type.Union([
          Type.Object({ type: Type.Literal('all') }),
          Type.Object({ type: Type.Literal('group'), groupId: Type.String() }),
        ]),
      ),
    },
    { additionalProperties: false },
  ),
);

it.each([
  [{ level: 'medium' }, [['/level', 'must be one of `low`, `high`']]],
  [{ kind: 'user' }, [['/kind', 'must be `device`']]],
  [{ when: 'now' }, [['/when', 'must be an RFC 3339 date-time, as `2026-01-31T12:00:00Z`']]],
  [{ other: 1 }, [['/other', 'is not known here']]],
  [
    { target: { type: 'group' } },
    [
      ['/target/type', 'must be `all`'],
      ['/target/groupId', 'is required'],
    ],
  ],
])('says of %j what is allowed, once', (value, problems) => {
  const found = findProblems(Shape, value).map(({ path, message }) => [path, message]);
  expect(found).toEqual(problems);
});
