import { randomBytes } from 'node:crypto';
import { toGuid } from '../../base/guid.ts';

/** The length of a writer's name: 32 bits in hexadecimal digits. */
const WRITER_LENGTH = 8;

/** A random name for a process that writes decisions: eight hexadecimal digits. */
export function createWriterName(): string {
  return randomBytes(WRITER_LENGTH / 2).toString('hex');
}

/**
 * A new decision id: a UUID of version 7 (RFC 9562 section 5.7), which contains the time of the decision. Its last digits
 * name the process that decided (a node id, RFC 9562 section 6.4), so the log knows which of its blobs holds the record.
 * The other 42 random bits tell the decisions of one process and millisecond apart.
 */
export function createDecisionId(now: Date, writer: string): string {
  const bytes = randomBytes(16);
  bytes.write(writer, bytes.length - WRITER_LENGTH / 2, 'hex');
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

/** The process that made the decision. Ids of earlier versions have random digits there. */
export function decisionWriter(decisionId: string): string {
  return decisionId.slice(-WRITER_LENGTH);
}
