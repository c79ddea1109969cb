import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createChunkReader,
  type ChunkPart,
} from '../../../../../shared/core/eventSources/pull/readChunks.ts';

const MAX_LENGTH = 2000;

function read(pieces: readonly string[], maxLength = MAX_LENGTH): readonly ChunkPart[] {
  const reader = createChunkReader(maxLength);
  const parts = pieces.flatMap((piece) => [...reader.push(piece)]);
  return reader.isInChunk ? [...parts, { kind: 'end', next: 'cut', isKnown: false }] : parts;
}

/** The text in pieces of any length. */
function cut(text: string, lengths: readonly number[]): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; from < text.length; at += 1) {
    const length = lengths[at % lengths.length] ?? 1;
    pieces.push(text.slice(from, from + length));
    from += length;
  }
  return pieces;
}

const events = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }), {
  maxLength: 5,
});
const chunk = fc.record({ events, next: fc.string() }, { requiredKeys: ['events'] });
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe('the chunks of an export', () => {
  it('are read the same, wherever they are cut and whatever stands between them', () => {
    fc.assert(
      fc.property(
        fc.array(chunk, { maxLength: 4 }),
        fc.constantFrom('', '\n', '\r\n', ' ', '\u001E'),
        fc.constantFrom(0, 2),
        lengths,
        (chunks, between, indent, sizes) => {
          const text = chunks.map((each) => JSON.stringify(each, null, indent)).join(between);
          const parts = read(cut(text, sizes));
          const read1 = parts.map((part) =>
            part.kind === 'event' ? (JSON.parse(part.text) as unknown) : part.next,
          );
          const expected = chunks.flatMap((each) => [
            ...each.events.map((event) => JSON.parse(JSON.stringify(event)) as unknown),
            each.next,
          ]);
          expect(read1).toEqual(expected);
        },
      ),
    );
  });

  it('may have their position before their events, and other members', () => {
    const text =
      '{"next":"a","count":2,"meta":{"next":"x","events":[{}]},"events":[{"n":1},{"n":[{}]}]}';
    expect(read([text])).toEqual([
      { kind: 'event', text: '{"n":1}' },
      { kind: 'event', text: '{"n":[{}]}' },
      { kind: 'end', next: 'a', isKnown: true },
    ]);
  });

  it('give the first part of an event that is too long, and the next one whole', () => {
    const text = `{"events":[{"a":"${'x'.repeat(100)}"},{"b":1}],"next":"n"}`;
    for (const size of [1, 7, 1000])
      expect(read(cut(text, [size]), 20)).toEqual([
        { kind: 'event', text: `{"a":"${'x'.repeat(14)}` },
        { kind: 'event', text: '{"b":1}' },
        { kind: 'end', next: 'n', isKnown: true },
      ]);
  });

  it('are not known without events and position, unless they are empty', () => {
    expect(read(['{"error":{"message":"no"}}\n{}'])).toEqual([
      { kind: 'end', next: undefined, isKnown: false },
      { kind: 'end', next: undefined, isKnown: true },
    ]);
  });

  it('do not end where the stream is cut', () => {
    expect(read(['{"events":[{"a":1}'])).toEqual([
      { kind: 'event', text: '{"a":1}' },
      { kind: 'end', next: 'cut', isKnown: false },
    ]);
  });

  it('are refused where something else comes', () => {
    for (const text of ['<html>', '[{"events":[]}]', '{"events":[]} no', 'null', '}'])
      expect(() => read([text])).toThrow(SyntaxError);
  });
});
