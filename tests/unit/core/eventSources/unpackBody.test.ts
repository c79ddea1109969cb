import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { unpackBody } from '../../../../shared/core/eventSources/unpackBody.ts';

const MEBIBYTE = 1024 * 1024;
const text = (body: Uint8Array): string => Buffer.from(body).toString();

it('unpacks gzip by its first bytes, and leaves everything else as it is', () => {
  expect(text(unpackBody(gzipSync('{"id":1}')))).toBe('{"id":1}');
  expect(text(unpackBody(Buffer.concat([gzipSync('{"id":1}\n'), gzipSync('{"id":2}')])))).toBe(
    '{"id":1}\n{"id":2}',
  );
  for (const plain of ['{"id":1}', '', '\u001f']) {
    const body = Buffer.from(plain);
    expect(unpackBody(body)).toBe(body);
  }
});

it('unpacks exactly 1 MiB and refuses one byte more', () => {
  expect(unpackBody(gzipSync(Buffer.alloc(MEBIBYTE))).byteLength).toBe(MEBIBYTE);
  expect(() => unpackBody(gzipSync(Buffer.alloc(MEBIBYTE + 1)))).toThrow(
    expect.objectContaining({ code: 'payloadTooLarge' }),
  );
});

it('stops unpacking a bomb at the limit', () => {
  const bomb = gzipSync(Buffer.alloc(256 * MEBIBYTE));
  const before = process.memoryUsage().arrayBuffers;
  expect(() => unpackBody(bomb)).toThrow(expect.objectContaining({ code: 'payloadTooLarge' }));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * MEBIBYTE);
});

it('unpacks what comes before a cut', () => {
  const lines = Array.from({ length: 2000 }, (_, at) => `{"id":"event-${String(at * 7919)}"}`);
  const packed = gzipSync(lines.join('\n'));
  const rest = text(unpackBody(packed.subarray(0, packed.length - 40)));
  expect(rest.startsWith(lines.slice(0, 100).join('\n'))).toBe(true);
});

it('refuses a broken body by name', () => {
  const broken = Uint8Array.from([0x1f, 0x8b, 0x08, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  expect(() => unpackBody(broken)).toThrow(expect.objectContaining({ code: 'invalidRequest' }));
});
