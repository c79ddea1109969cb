import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceItem } from '../../../../shared/core/eventSources/sourceEvent.ts';
import { splitEvents, splitLine } from '../../../../shared/core/eventSources/splitEvents.ts';

const split = (text: string): readonly SourceItem[] => splitEvents(Buffer.from(text));
/** The events, a cut one with `…` behind it, and texts without an event. */
const inShort = (items: readonly SourceItem[]): readonly string[] =>
  items.map((item) =>
    item.ok ? `${JSON.stringify(item.event)}${item.isCut === true ? '…' : ''}` : item.text,
  );

const A = '{"a":1}';
const B = '{"b":2}';

const BODIES: readonly (readonly [string, string, readonly string[]])[] = [
  ['an object', A, [A]],
  ['an array', `[${A},${B}]`, [A, B]],
  ['a list `events`', `{"events":[${A},${B}],"next":"x"}`, [A, B]],
  ['lists `events` in lines', `{"events":[${A}]}\n{"events":[${B}]}`, [A, B]],
  ['lines', `${A}\n${B}`, [A, B]],
  ['lines of Windows, with blank ones', `${A}\r\n\r\n  \r\n${B}\r\n`, [A, B]],
  ['a byte order mark', `\uFEFF${A}\n${B}`, [A, B]],
  ['two events in one line', `${A}${B}`, [A, B]],
  ['two events with a comma', `${A}, ${B}`, [A, B]],
  ['a text behind an event', `${A} and so on\n${B}`, [A, B]],
  [
    'headers of RFC 3164',
    `<34>Oct 11 22:14:15 host tag: ${A}\n<34>Oct 11 22:14:15 host tag: ${B}`,
    [A, B],
  ],
  [
    'headers of RFC 5424',
    `<34>1 2003-10-11T22:14:15.003Z host app 1 id [x@1 k="{\\"]}"][y] \uFEFF${A}\n<34>1 - - - - - - ${B}`,
    [A, B],
  ],
  ['octet counts of RFC 6587', `57 <34>1 - h a p m - ${A}57 <34>1 - h a p m - ${B}`, [A, B]],
  ['objects over several lines', `{\n  "a": 1\n}\n{\n  "b": 2\n}`, [A, B]],
  ['an array that is cut', `[${A},{"b":2,"c":`, [A, `${B}…`]],
  ['a list `events` that is cut', `{"events":[${A},{"b":2,"c":`, [A, `${B}…`]],
  ['a line that is cut', `{"a":1,"c":"x\n${B}`, [`${A}…`, B]],
  [
    'a printed array that is cut',
    `[\n  {\n    "a": 1\n  },\n  {\n    "b": 2,\n    "c`,
    [A, `${B}…`],
  ],
  ['a cut behind a whole text', '{"a":{"s":"x"', ['{"a":{"s":"x"}}…']],
  ['a cut behind a name', '{"a":1,"serial"', [`${A}…`]],
  ['a line without an event', `hello\n${A}`, ['hello', A]],
  ['raw control characters', '{"a":"x\u0001y"}\n{"b":"\t"}', ['{"a":"x y"}', '{"b":" "}']],
  ['braces that are no JSON', `{x} ${A}`, [A]],
  ['nothing', ' \n ', []],
  ['an empty list', '[]', []],
  ['values that are no events', '[1,null]', ['1', 'null']],
];

describe('a body', () => {
  it.each(BODIES)('has the events of %s', (_, body, expected) => {
    expect(inShort(split(body))).toEqual(expected);
  });

  it('may have bytes that are not UTF-8 in the name of a network', () => {
    const body = Buffer.concat([
      Buffer.from('{"ssid":"'),
      Buffer.of(0xff),
      Buffer.from('","a":1}'),
    ]);
    expect(splitEvents(body)).toEqual([{ ok: true, event: { ssid: '\uFFFD', a: 1 } }]);
  });

  it('with more events than allowed is refused, as an array and in lines', () => {
    const lines = Array.from({ length: 1001 }, () => A);
    for (const body of [lines.join('\n'), `[${lines.join(',')}]`])
      expect(() => split(body)).toThrow(expect.objectContaining({ code: 'payloadTooLarge' }));
    expect(split(lines.slice(1).join('\n'))).toHaveLength(1000);
    expect(() => splitEvents(Buffer.from(`${A}\n${B}`), 1)).toThrow('at most 1 are allowed');
  });

  it('keeps a bounded part of a line without an event', () => {
    const [item] = split(`x${'y'.repeat(100_000)}`);
    expect(item?.ok === false && item.text.length).toBe(1000);
  });

  it('nested as deeply as its size allows is read', () => {
    const depth = 100_000;
    const whole = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(split(`${whole}\n${B}`)).toHaveLength(2);
    expect(split('{"a":'.repeat(depth))).toHaveLength(1);
  });

  it('of lines has the events that it was made of, in any layout', () => {
    const events = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), {
      minLength: 1,
      maxLength: 5,
    });
    const layouts = fc.constantFrom<(events: readonly unknown[]) => string>(
      (all) => all.map((each) => JSON.stringify(each)).join('\r\n'),
      (all) => all.map((each) => JSON.stringify(each)).join(''),
      (all) => all.map((each) => `<13>1 - h a - - - ${JSON.stringify(each)}`).join('\n'),
      (all) => all.map((each) => JSON.stringify(each, undefined, 2)).join('\n'),
    );
    fc.assert(
      fc.property(events, layouts, (all, layout) => {
        fc.pre(all.every((each) => !Array.isArray(each['events'])));
        // As JSON writes them: it knows no `-0`.
        const written = JSON.parse(JSON.stringify(all)) as unknown[];
        expect(split(layout(all))).toEqual(written.map((event) => ({ ok: true, event })));
      }),
    );
  });

  it('of any text is read without an error', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ',',
      ':',
      '\n',
      '<1>1 ',
      'a',
      ' ',
    );
    const texts = fc.array(pieces, { maxLength: 60 }).map((all) => all.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        expect(splitLine(text).length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
