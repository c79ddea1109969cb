import { randomBytes } from 'node:crypto';
import { toGuid } from '../../base/guid.ts';

/** A new decision id: a UUID of version 7 (RFC 9562 section 5.7), which contains the time of the decision. */
export function createDecisionId(now: Date): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return toGuid(bytes.toString('hex'));
}

/** When the decision was made; `undefined` if the text is not a decision id. */
export function decisionMoment(decisionId: string): Date | undefined {
  const isId = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(
    decisionId,
  );
  return isId
    ? new Date(Number.parseInt(decisionId.slice(0, 8) + decisionId.slice(9, 13), 16))
    : undefined;
}
