import rhea from 'rhea';
import type { AmqpMessage } from './message.ts';
import type { MessageQueue } from './messageQueue.ts';
import { decode, encode, toDelivered } from './wireMessage.ts';
import { defined } from '../../../shared/base/defined.ts';

/** The answer to a request to a management node. */
export interface ManagementAnswer {
  readonly statusCode: number;
  readonly description: string;
  readonly condition?: string;
  readonly body?: unknown;
}

type Body = Readonly<Record<string, unknown>>;

/** Answers a request to `$cbs`. Accepts every well-formed token, because the port is open on loopback only. */
export function answerCbs(request: AmqpMessage): ManagementAnswer {
  return operationOf(request) === 'put-token' && typeof request.body === 'string'
    ? { statusCode: 202, description: 'Accepted' }
    : { statusCode: 400, description: 'the request must be `put-token` with a token' };
}

/** Answers a request to `<queue>/$management`. Rejects an unsupported operation by name. */
export function answerManagement(request: AmqpMessage, queue: MessageQueue): ManagementAnswer {
  const operation = operationOf(request);
  const body = (request.body ?? {}) as Body;
  switch (operation) {
    case 'com.microsoft:renew-lock':
      return renewLocks(queue, body);
    case 'com.microsoft:peek-message':
      return peek(queue, body);
    case 'com.microsoft:schedule-message':
      return schedule(queue, body);
    case 'com.microsoft:cancel-scheduled-message':
      for (const number of sequenceNumbers(body)) queue.cancelScheduled(number);
      return ok();
    case 'com.microsoft:receive-by-sequence-number':
      return receiveDeferred(queue, body);
    case 'com.microsoft:update-disposition':
      return updateDisposition(queue, body);
    default:
      return {
        statusCode: 501,
        condition: 'amqp:not-implemented',
        description: `operation \`${operation}\` is not supported by the local Service Bus broker`,
      };
  }
}

function operationOf({ application_properties: properties }: AmqpMessage): string {
  return String(properties?.['operation']);
}

function ok(body?: unknown): ManagementAnswer {
  return { statusCode: 200, description: 'OK', ...defined({ body }) };
}

function lockLost(): ManagementAnswer {
  return {
    statusCode: 410,
    condition: 'com.microsoft:message-lock-lost',
    description: 'the lock on the message has expired',
  };
}

function renewLocks(queue: MessageQueue, body: Body): ManagementAnswer {
  const renewed = lockTokens(body).map((lockToken) => queue.renew(lockToken));
  if (renewed.includes(undefined)) return lockLost();
  return ok({ expirations: renewed.map((until) => new Date(until ?? 0)) });
}

function peek(queue: MessageQueue, body: Body): ManagementAnswer {
  const from = toNumber(body['from-sequence-number']);
  const entries = queue.peek(from, toNumber(body['message-count']));
  if (entries.length === 0) return { statusCode: 204, description: 'No Content' };
  return ok({ messages: entries.map((entry) => ({ message: encode(toDelivered(entry)) })) });
}

function schedule(queue: MessageQueue, body: Body): ManagementAnswer {
  const messages = body['messages'] as readonly { readonly message: Buffer }[];
  return ok({
    'sequence-numbers': messages.map(({ message }) =>
      rhea.types.wrap_long(queue.send(decode(message))),
    ),
  });
}

function receiveDeferred(queue: MessageQueue, body: Body): ManagementAnswer {
  const entries = sequenceNumbers(body).map((number) => queue.receiveDeferred(number));
  const messages = entries.flatMap((entry) =>
    entry?.lockToken === undefined
      ? []
      : [
          {
            message: encode(toDelivered(entry)),
            'lock-token': rhea.types.wrap_uuid(rhea.string_to_uuid(entry.lockToken)),
          },
        ],
  );
  if (messages.length === entries.length) return ok({ messages });
  return {
    statusCode: 404,
    condition: 'com.microsoft:message-not-found',
    description: 'there is no deferred message with that sequence number',
  };
}

function updateDisposition(queue: MessageQueue, body: Body): ManagementAnswer {
  const properties = (body['properties-to-modify'] ?? undefined) as
    | Record<string, unknown>
    | undefined;
  const settle = (lockToken: string): boolean => {
    switch (body['disposition-status']) {
      case 'completed':
        return queue.complete(lockToken);
      case 'abandoned':
        return queue.abandon(lockToken, properties);
      case 'defered':
        return queue.defer(lockToken, properties);
      default:
        return queue.moveToDeadLetter(lockToken, {
          DeadLetterReason: body['deadletter-reason'],
          DeadLetterErrorDescription: body['deadletter-description'],
        });
    }
  };
  return lockTokens(body).every(settle) ? ok() : lockLost();
}

function lockTokens(body: Body): readonly string[] {
  return [...(body['lock-tokens'] as Iterable<Buffer>)].map((bytes) => rhea.uuid_to_string(bytes));
}

function sequenceNumbers(body: Body): readonly number[] {
  return [...(body['sequence-numbers'] as Iterable<unknown>)].map(toNumber);
}

/** rhea decodes a long to a number if it is safe, otherwise to its eight bytes. */
function toNumber(value: unknown): number {
  return Buffer.isBuffer(value) ? Number(value.readBigInt64BE()) : Number(value);
}
