import { describe, expect, it } from 'vitest';
import { exampleRequest } from '../../support/exampleRequest.ts';
import { sendWithEveryCredential, TAKE_BODY } from '../../support/sendWithEveryCredential.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
const MEBIBYTE = 1024 * 1024;

/** JSON and XML may end in blanks. */
const padded = (text: string): string => text.padEnd(MEBIBYTE, ' ');

describe('a body in chunks', () => {
  it.each(TAKE_BODY.map((operation) => [operation.operationId, operation] as const))(
    'is taken as one with its length: %s',
    async (_, operation) => {
      const { body: example = '' } = exampleRequest(operation);
      // What it creates is there afterwards.
      await sendWithEveryCredential(system, operation, example);
      for (const body of [padded(example), '{']) {
        const inChunks = await sendWithEveryCredential(system, operation, body, { inChunks: true });
        const withLength = await sendWithEveryCredential(system, operation, body);
        expect([body.length, inChunks]).toEqual([body.length, withLength]);
      }
    },
  );

  it('of one byte more than 1 MiB is refused', async () => {
    const [operation] = TAKE_BODY;
    if (operation === undefined) throw new TypeError('no operation takes a body');
    const body = ' '.repeat(MEBIBYTE + 1);
    const status = await sendWithEveryCredential(system, operation, body, { inChunks: true });
    expect(status).toBe(413);
  });

  it('reaches more than 20 endpoints', () => {
    expect(TAKE_BODY.length).toBeGreaterThan(20);
  });
});
