import { expect, it } from 'vitest';
import { findUnread } from '../../../../shared/core/eventSources/findUnread.ts';

it('names the fields that the reader of the kind does not look at, as JSON pointers', () => {
  const event = {
    type: 'Malware',
    severity: 'high',
    'a/b~c': 1,
    device: { serial_number: 'S1', colour: 'red' },
    more: { deep: { er: 1 }, list: [1, 2] },
  };
  expect(findUnread('sepMobileSiem', event)).toEqual([
    '/a~1b~0c',
    '/device/colour',
    '/more/deep/er',
    '/more/list',
  ]);
});

it('names at most 200, and none of what is no object', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`f${String(at)}`, at]));
  expect(findUnread('lookout', { type: 'AUDIT', ...many })).toHaveLength(200);
  expect(findUnread('zimperium', 'text')).toEqual([]);
});
