/** An AMQP message as rhea decodes it. It is stored whole, so sections that the broker does not read survive. */
export interface AmqpMessage {
  message_id?: unknown;
  ttl?: number;
  delivery_count?: number;
  group_id?: unknown;
  body?: unknown;
  application_properties?: Record<string, unknown>;
  message_annotations?: Record<string, unknown>;
  [section: string]: unknown;
}

export type MessageState = 'active' | 'scheduled' | 'locked' | 'deferred';

/** A message in a queue with its state. Times are milliseconds since 1970. */
export interface Entry {
  readonly sequenceNumber: number;
  message: AmqpMessage;
  state: MessageState;
  deliveryCount: number;
  enqueuedAt: number;
  expiresAt: number;
  lockToken?: string;
  lockedUntil?: number;
  /** Received by its sequence number, so its next state after an abandon is `deferred`, not `active`. */
  wasDeferred?: boolean;
}

/** The part of an entry that survives a restart. */
export type SavedEntry = Pick<
  Entry,
  'sequenceNumber' | 'message' | 'state' | 'deliveryCount' | 'enqueuedAt' | 'expiresAt'
>;
