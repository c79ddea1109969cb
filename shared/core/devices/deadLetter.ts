import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Failure, MessageRetry } from '../ports/queues.ts';

/** A message on its way to the dead letters: whoever receives it before it is there sends it there again. */
export interface DeadLetter extends Failure {
  readonly type: 'deadLetter';
  readonly body: unknown;
}

const Shape = Compile(
  Type.Object({
    type: Type.Literal('deadLetter'),
    code: Type.String(),
    reason: Type.String(),
    body: Type.Unknown(),
  }),
);

export function toDeadLetter(body: unknown, { code, reason }: Failure): DeadLetter {
  return { type: 'deadLetter', code, reason, body };
}

/** `undefined` where the message is to be worked. */
export function fromDeadLetter(body: unknown): DeadLetter | undefined {
  return Shape.Check(body) ? body : undefined;
}

/**
 * The messages of a batch that are to be worked. The others were given up on, and received before they were with the
 * dead letters: worked now they would tell, and do, what is over. They are sent there again.
 */
export async function moveToDeadLetters(
  retry: MessageRetry,
  bodies: readonly unknown[],
): Promise<readonly unknown[]> {
  const found = bodies.map((body) => ({ body, dead: fromDeadLetter(body) }));
  await Promise.all(
    found.flatMap(({ dead }) => (dead === undefined ? [] : [retry.deadLetter(dead.body, dead)])),
  );
  return found.filter(({ dead }) => dead === undefined).map(({ body }) => body);
}
