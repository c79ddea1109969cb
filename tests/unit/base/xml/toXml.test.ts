import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toXml } from '../../../../shared/base/xml/toXml.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

it('omits undefined values and writes empty ones', () => {
  expect(
    toXml([
      'a',
      [
        ['b', undefined],
        ['c', ''],
        ['d', []],
        ['e', false],
        ['f', 0],
      ],
    ]),
  ).toBe(`${DECLARATION}<a><c></c><d></d><e>false</e><f>0</f></a>`);
});

it.each([
  ['<', '&lt;'],
  ['&amp;', '&amp;amp;'],
  [']]>', ']]&gt;'],
  [`"'`, '&quot;&apos;'],
  ['\u0000\u0008\u000B\u001F\uFFFE\uFFFF', '\uFFFD'.repeat(6)],
  ['\uD800a\uDC00', '\uFFFDa\uFFFD'],
  ['\t\n\u{1F4F1}å', '\t\n\u{1F4F1}å'],
])('writes %j as text', (text, expected) => {
  expect(toXml(['a', text])).toBe(`${DECLARATION}<a>${expected}</a>`);
});

it('writes any text so that another parser reads it back unchanged', () => {
  const parser = new XMLParser({
    parseTagValue: false,
    trimValues: false,
    ignoreDeclaration: true,
  });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      fc.pre(!/[\p{Cc}\uFFFE\uFFFF]/u.test(text));
      expect(parser.parse(toXml(['a', [['b', text]]]), true)).toEqual({ a: { b: text } });
    }),
  );
});
