import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLines } from '../../../../../shared/core/eventSources/pull/splitLines.ts';

async function* inPieces(text: string, size: number): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function linesOf(pieces: AsyncIterable<Uint8Array>, maxLength = 100): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(pieces, maxLength)) lines.push(line);
  return lines;
}

describe('the lines of a blob', () => {
  it('are the same, wherever the pieces are cut, also within a character', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 10 })),
        fc.integer({ min: 1, max: 9 }),
        async (texts, size) => {
          const lines = texts.map((text) => text.replaceAll('\n', ' '));
          const text = lines.map((line) => `${line}\n`).join('');
          expect(await linesOf(inPieces(text, size))).toEqual(
            lines.map((line) => line.replace(/^\uFEFF/, '')),
          );
        },
      ),
    );
  });

  it('end at the limit if they are longer', async () => {
    const text = `${'a'.repeat(250)}\nb\n${'c'.repeat(101)}`;
    for (const size of [1, 99, 1000])
      expect(await linesOf(inPieces(text, size))).toEqual(['a'.repeat(100), 'b', 'c'.repeat(100)]);
  });

  it('come before the error with which their pieces end, the last one too', async () => {
    const lines: string[] = [];
    const pieces = async function* (): AsyncIterable<Uint8Array> {
      yield* inPieces('a\nb', 100);
      throw new Error('damaged');
    };
    const reading = async (): Promise<void> => {
      for await (const line of splitLines(pieces(), 100)) lines.push(line);
    };
    await expect(reading()).rejects.toThrow('damaged');
    expect(lines).toEqual(['a', 'b']);
  });
});
