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

/** Why a message without the right MAC is dead-lettered: its sender may send, but not vouch. */
export const NOT_AUTHENTIC: Failure = {
  code: 'messageNotAuthentic',
  reason: 'the message has no MAC of this system',
};

/** A larger message does not fit into a dead letter beside the reason. No signal is that large. */
const MAX_BODY_SIZE_IN_BYTES = 224 * 1024;
const MAX_EXCERPT_LENGTH = 1024;

/** The body for a dead letter: the same, or an excerpt if it is too large or nested too deeply to be sent again. */
export function toBoundedBody(body: unknown): unknown {
  let text: string;
  try {
    text = JSON.stringify(body) ?? '';
  } catch {
    return { excerpt: 'nested too deeply' };
  }
  const sizeInBytes = Buffer.byteLength(text);
  return sizeInBytes <= MAX_BODY_SIZE_IN_BYTES
    ? body
    : { excerpt: text.slice(0, MAX_EXCERPT_LENGTH), sizeInBytes };
}

/** `undefined` if the message is an ordinary one. */
export function fromDeadLetter(body: unknown): DeadLetter | undefined {
  return Shape.Check(body) ? body : undefined;
}

/**
 * Sends messages that a worker gave up on to the dead letters again, if this worker received them on their way there.
 * Processing them now would apply outdated facts. Returns the other messages of the batch, among them those that only
 * claim to be on their way.
 */
export async function moveToDeadLetters(
  retry: MessageRetry,
  bodies: readonly unknown[],
): Promise<readonly unknown[]> {
  const found = bodies.map((body) => ({
    body,
    dead: retry.isAuthentic(body) ? fromDeadLetter(body) : undefined,
  }));
  await Promise.all(
    found.flatMap(({ dead }) => (dead === undefined ? [] : [retry.deadLetter(dead.body, dead)])),
  );
  return found.filter(({ dead }) => dead === undefined).map(({ body }) => body);
}
