import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Failure, MessageRetry } from '../ports/queues.ts';

/** A message on its way to the dead letters. A worker that receives it earlier sends it there again. */
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

/** `undefined` if the message is an ordinary one. */
export function fromDeadLetter(body: unknown): DeadLetter | undefined {
  return Shape.Check(body) ? body : undefined;
}

/**
 * Sends messages that a worker gave up on to the dead letters again, if this worker received them on their way there.
 * Processing them now would apply outdated facts. Returns the other messages of the batch.
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
