import rhea from 'rhea';
import type { AmqpMessage, Entry } from './message.ts';

interface Section {
  readonly typecode: number;
  readonly content: Buffer | Buffer[];
  readonly multiple?: boolean;
}

const DATA_SECTION = 0x75;
/** The message format of a batch: one data section per message. */
const BATCH_FORMAT = 0x80013700;

export function decode(bytes: Buffer): AmqpMessage {
  return rhea.message.decode(bytes);
}

export function encode(message: AmqpMessage): Buffer {
  return rhea.message.encode(message);
}

/** The messages of a transfer, which may be a batch. Gives an id to each message that has none. */
export function fromTransfer(message: unknown, format: number | undefined): readonly AmqpMessage[] {
  const messages =
    format === BATCH_FORMAT ? fromBatch(decode(message as Buffer)) : [message as AmqpMessage];
  return messages.map((each) =>
    each.message_id === undefined ? { ...each, message_id: rhea.generate_uuid() } : each,
  );
}

function fromBatch({ body }: AmqpMessage): readonly AmqpMessage[] {
  const { typecode, content } = body as Section;
  if (typecode !== DATA_SECTION) throw new TypeError('a batch must contain data sections only');
  return (Array.isArray(content) ? content : [content]).map(decode);
}

/** The message as a receiver gets it, with the broker's delivery annotations. */
export function toDelivered(entry: Entry): AmqpMessage {
  const { message, sequenceNumber, deliveryCount, enqueuedAt, lockedUntil, state } = entry;
  return {
    ...message,
    delivery_count: deliveryCount,
    message_annotations: {
      ...message.message_annotations,
      'x-opt-sequence-number': rhea.types.wrap_long(sequenceNumber),
      'x-opt-enqueued-time': new Date(enqueuedAt),
      'x-opt-message-state': rhea.types.wrap_int(STATES[state]),
      ...(lockedUntil === undefined ? {} : { 'x-opt-locked-until': new Date(lockedUntil) }),
    },
  };
}

/** Service Bus's numbers for the states of a peeked message. */
const STATES = { active: 0, locked: 0, deferred: 1, scheduled: 2 } as const;

/** The delivery tag of a locked message: its lock token in .NET's byte order of a GUID. */
export function toDeliveryTag(lockToken: string): Buffer {
  const bytes = rhea.string_to_uuid(lockToken);
  return Buffer.from(
    [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((at) => bytes[at] ?? 0),
  );
}
