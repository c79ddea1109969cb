import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';
import { findNotAllowed, READ_BY_HAND, readLicences } from '../../../../infra/package/licences.ts';

const packages = readLicences(PROJECT_ROOT);

describe('the licence', () => {
  it('of every package and tool is on the list of allowed ones', () => {
    expect(packages.filter(({ isTool }) => !isTool).length).toBeGreaterThan(50);
    expect(packages.filter(({ isTool }) => isTool).length).toBeGreaterThan(50);
    expect(findNotAllowed(packages)).toEqual([]);
  });

  it('is not listed as read by hand for a package that is no longer installed', () => {
    const ids = new Set(packages.map(({ id }) => id));
    expect(Object.keys(READ_BY_HAND).filter((id) => !ids.has(id))).toEqual([]);
  });

  it.each([
    ['MIT', false, true],
    ['(MIT OR GPL-3.0-or-later)', false, true],
    ['MIT AND ISC', false, true],
    ['MIT AND GPL-2.0-only', false, false],
    ['(MIT OR ISC) AND GPL-2.0-only', false, false],
    ['GPL-3.0-only', true, false],
    ['MPL-2.0', true, true],
    ['MPL-2.0', false, false],
    ['SEE LICENSE IN LICENSE.txt', true, false],
    ['', true, false],
    [undefined, true, false],
  ])('%s of a package (a tool: %s) is allowed: %s', (licence, isTool, allowed) => {
    const found = findNotAllowed([{ id: 'some@1.0.0', isTool, licence }]);
    expect(found).toEqual(allowed ? [] : [`some@1.0.0: ${licence ?? 'none'}`]);
  });
});
