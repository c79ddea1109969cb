import { asJsonObject, type JsonObject } from '../../base/jsonObject.ts';
import { Compile } from 'typebox/compile';
import type { Problem } from '../../base/connectorError.ts';
import { findProblems } from '../../base/validation/findProblems.ts';
import type { Arrival } from './arrival.ts';
import { CloudEventSchema, WebhookBodySchema } from './eventSchemas.ts';
import { toSignalId } from './toSignalId.ts';

const CloudEventEnvelope = Compile(CloudEventSchema);
const StandardWebhookEnvelope = Compile(WebhookBodySchema);

/** What both envelopes have, as far as it can be read. */
export interface Envelope {
  readonly signalId: string;
  /** In lower case; empty if there is none. */
  readonly type: string;
  readonly time: unknown;
  readonly timePath: string;
  readonly data: JsonObject | undefined;
  /** What the sender did wrong. The event counts all the same, as far as it can be read. */
  readonly problems: readonly Problem[];
}

/**
 * Reads an event's envelope: CloudEvents 1.0 in structured mode, which has a `specversion`, or a Standard Webhooks body
 * `{type, timestamp, data}`. Data may be an object, its JSON text, or that text in base64 (`data_base64`: the receiver
 * must decode it, CloudEvents JSON format 1.0.2 section 3.1.1). `undefined` for a value that is no object.
 */
export function readEnvelope(event: unknown, arrival: Arrival): Envelope | undefined {
  const object = asJsonObject(event);
  if (object === undefined) return undefined;
  const isCloudEvent = 'specversion' in object;
  const data = readData(object);
  const decoded = data === object['data'] ? object : { ...object, data };
  return {
    signalId: signalIdOf(object, isCloudEvent, arrival),
    type: typeof object['type'] === 'string' ? object['type'].trim().toLowerCase() : '',
    time: isCloudEvent ? object['time'] : object['timestamp'],
    timePath: isCloudEvent ? '/time' : '/timestamp',
    data,
    problems: findProblems<unknown>(
      isCloudEvent ? CloudEventEnvelope : StandardWebhookEnvelope,
      decoded,
    ),
  };
}

function signalIdOf(
  { source, id }: JsonObject,
  isCloudEvent: boolean,
  { requestId, index }: Arrival,
): string {
  return isCloudEvent && typeof source === 'string' && typeof id === 'string'
    ? toSignalId('cloudevents', source, id)
    : toSignalId('standardwebhooks', requestId, String(index));
}

function readData(event: JsonObject): Envelope['data'] {
  const { data, data_base64: encoded } = event;
  if (typeof data === 'string') return parse(data);
  if (data !== undefined && data !== null) return asJsonObject(data);
  return typeof encoded === 'string' ? parse(Buffer.from(encoded, 'base64').toString()) : undefined;
}

function parse(text: string): Envelope['data'] {
  try {
    return asJsonObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}
