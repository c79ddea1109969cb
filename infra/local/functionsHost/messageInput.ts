import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { TriggerInput } from './invoke.ts';

/** The input of a function with `cardinality: 'many'`. Metadata are arrays, named `{name}Array`. */
export function toBatchInput(messages: readonly ServiceBusReceivedMessage[]): TriggerInput {
  const all = messages.map(metadataOf);
  const names = Object.keys(all[0] ?? {});
  return {
    data: toJson(messages.map(bodyOf)),
    triggerMetadata: Object.fromEntries(
      names.map((name) => [`${name}Array`, toJson(all.map((metadata) => metadata[name] ?? null))]),
    ),
  };
}

/** The input of a function that gets one message. @throws TypeError if there is none. */
export function toSingleInput([message]: readonly ServiceBusReceivedMessage[]): TriggerInput {
  if (message === undefined) throw new TypeError('a batch must contain a message');
  const metadata = Object.entries(metadataOf(message)).filter(([, value]) => value !== undefined);
  return {
    data: toJson(bodyOf(message)),
    triggerMetadata: Object.fromEntries(metadata.map(([name, value]) => [name, toJson(value)])),
  };
}

/** The metadata of a message, by the names of the real host's Service Bus extension. */
function metadataOf(message: ServiceBusReceivedMessage): Record<string, unknown> {
  return {
    MessageId: message.messageId,
    // The client counts only earlier deliveries, the host this one too.
    DeliveryCount: (message.deliveryCount ?? 0) + 1,
    EnqueuedTimeUtc: message.enqueuedTimeUtc,
    ExpiresAtUtc: message.expiresAtUtc,
    LockToken: message.lockToken,
    SequenceNumber: message.sequenceNumber?.toNumber(),
    ContentType: message.contentType,
    CorrelationId: message.correlationId,
    Subject: message.subject,
    To: message.to,
    ReplyTo: message.replyTo,
    ApplicationProperties: message.applicationProperties ?? {},
  };
}

function toJson(value: unknown): { readonly json: string } {
  return { json: JSON.stringify(value ?? null) };
}

/** A JSON body as its value, any other body as text. */
function bodyOf({ body }: ServiceBusReceivedMessage): unknown {
  return Buffer.isBuffer(body) ? body.toString() : (body as unknown);
}
