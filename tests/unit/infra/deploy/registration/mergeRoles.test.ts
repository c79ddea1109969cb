import { expect, it } from 'vitest';
import { APP_ROLES, type AppRole } from '../../../../../infra/deploy/registration/manifest.ts';
import { mergeRoles } from '../../../../../infra/deploy/registration/mergeRoles.ts';

const [first] = APP_ROLES;
if (first === undefined) throw new TypeError('there are no roles');
const others = APP_ROLES.slice(1);
const foreign: AppRole = {
  ...first,
  id: '11111111-1111-4111-8111-111111111111',
  value: 'Report.Read',
};

it('changes nothing in a complete registration, whatever its texts say', () => {
  const translated = APP_ROLES.map((role) => ({
    ...role,
    displayName: 'Geräte',
    description: '…',
  }));
  expect(mergeRoles([foreign, ...translated], APP_ROLES)).toEqual([]);
});

it('adds missing roles, and keeps the role of somebody else', () => {
  expect(mergeRoles([], APP_ROLES)).toEqual([APP_ROLES]);
  expect(mergeRoles([foreign, ...others], APP_ROLES)).toEqual([[foreign, ...others, first]]);
});

it('keeps the id of a role that was made by hand', () => {
  const byHand = { ...first, id: '22222222-2222-4222-8222-222222222222' };
  expect(mergeRoles([byHand, ...others], APP_ROLES)).toEqual([]);
});

it('enables a disabled role at once', () => {
  const disabled = { ...first, isEnabled: false };
  expect(mergeRoles([disabled, ...others], APP_ROLES)).toEqual([APP_ROLES]);
});

it.each([
  ['a renamed one', { value: 'Geraete.Lesen' }],
  ['one without applications', { allowedMemberTypes: ['User'] }],
])('disables an enabled role before it mends %s', (_, wrong) => {
  const broken = { ...first, ...wrong };
  expect(mergeRoles([broken, ...others], APP_ROLES)).toEqual([
    [{ ...broken, isEnabled: false }, ...others],
    APP_ROLES,
  ]);
});

it('leaves a role with our id alone if another one has our value', () => {
  const renamed = { ...first, value: 'Geraete.Lesen' };
  const byHand = { ...first, id: '22222222-2222-4222-8222-222222222222' };
  expect(mergeRoles([renamed, byHand, ...others], APP_ROLES)).toEqual([]);
});
