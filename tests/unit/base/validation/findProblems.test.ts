import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { expect, it } from 'vitest';
import { findProblems } from '../../../../shared/base/validation/findProblems.ts';
import { DeviceIdSchema } from '../../../../shared/core/schemas/commonSchemas.ts';

const Target = Type.Union([
  Type.Object({ type: Type.Literal('all'), except: Type.String() }),
  Type.Object({ type: Type.Literal('group'), groupId: Type.String() }),
]);
const Shape = Compile(
  Type.Object(
    {
      level: Type.Optional(Type.Enum(['low', 'high'])),
      kind: Type.Optional(Type.Literal('device')),
      when: Type.Optional(Type.String({ format: 'date-time' })),
      name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      id: Type.Optional(DeviceIdSchema),
      target: Type.Optional(Target),
      targets: Type.Optional(Type.Array(Target)),
    },
    { additionalProperties: false },
  ),
);

it.each([
  [{ level: 'medium' }, [['/level', 'must be one of `low`, `high`']]],
  [{ kind: 'user' }, [['/kind', 'must be `device`']]],
  [{ when: 'now' }, [['/when', 'must be an RFC 3339 date-time such as `2026-01-31T12:00:00Z`']]],
  [{ other: 1 }, [['/other', 'is not known here']]],
  [{ target: { type: 'group' } }, [['/target/groupId', 'is required']]],
  [{ target: { type: 'user' } }, [['/target/type', 'must be one of `all`, `group`']]],
  [{ target: { type: 1 } }, [['/target/type', 'must be one of `all`, `group`']]],
  [{ target: 'all' }, [['/target', 'must be object']]],
  [
    { targets: [{ type: 'all' }, { type: 'group' }] },
    [
      ['/targets/0/except', 'is required'],
      ['/targets/1/groupId', 'is required'],
    ],
  ],
  [{ name: 1 }, [['/name', 'must be string or null']]],
  [{ id: '' }, [['/id', 'must not have fewer than 1 characters']]],
  [{ id: '..' }, [['/id', expect.stringContaining('must not be `.` or `..`')]]],
  [
    { level: 'medium', kind: 'user' },
    [
      ['/level', 'must be one of `low`, `high`'],
      ['/kind', 'must be `device`'],
    ],
  ],
])('reports for %j each problem once, with the allowed values', (value, problems) => {
  const found = findProblems(Shape, value).map(({ path, message }) => [path, message]);
  expect(found).toEqual(problems);
});
