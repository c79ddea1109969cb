import { expect, it } from 'vitest';
import { fromXml } from '../../../../shared/base/xml/fromXml.ts';

const read = (text: string): unknown => fromXml(Buffer.from(text));

it('reads every leaf element as a list of texts', () => {
  expect(
    read('<?xml version="1.0"?>\n<a xmlns="urn:x"><b> 1 </b><b>0x10</b><c><b/></c></a>'),
  ).toEqual({
    a: { b: ['1', '0x10'], c: { b: [''] } },
  });
});

it.each([
  '<!DOCTYPE a><a/>',
  '<a><!-- b --></a>',
  '<a><![CDATA[b]]></a>',
  '<a>&amp;</a>',
  '<a>&#38;</a>',
  '<a></b>',
  '<a/><a/>',
  '<a/><b/>',
  '<constructor/>',
  '<a><a><a><a><a><a><a><a><a><a><a>b</a></a></a></a></a></a></a></a></a></a></a>',
  '',
])('rejects `%s`', (text) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: 'invalidRequest' }));
});

it('rejects invalid UTF-8 and a long document', () => {
  const latin1 = Buffer.from('<a>\u00E9</a>', 'latin1');
  expect(() => fromXml(latin1)).toThrow(expect.objectContaining({ code: 'invalidRequest' }));
  const long = `<a>${'b'.repeat(64 * 1024)}</a>`;
  expect(() => read(long)).toThrow(expect.objectContaining({ code: 'payloadTooLarge' }));
});
