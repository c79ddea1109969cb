import { Compile } from 'typebox/compile';
import { defined } from '../../base/defined.ts';
import type { ConfigurationDocuments } from '../../core/ports/configuration.ts';
import type { OutgoingClient } from '../../core/ports/outgoing.ts';
import type { EventMailbox } from '../../core/ports/publications.ts';
import type { Delivery, Target } from '../../core/ports/target.ts';
import {
  createDocumentTargets,
  type DocumentTargets,
} from '../../core/publishing/documentTargets.ts';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import type { SsfConfig } from '../../settings/readSsf.ts';
import { EventStreamSchema, type EventStream, toStream } from './eventStream.ts';
import { pushToken } from './pushToken.ts';
import { HeaderSealedError, openHeader } from './sealedHeader.ts';
import { signSecurityEvent } from './signSecurityEvent.ts';
import { PUSH } from './streamDelivery.ts';
import { subjectKeysOf } from './subject.ts';
import { toSecurityEvents, type SecurityEvent } from './toSecurityEvents.ts';

const StoredStream = Compile(EventStreamSchema);

export interface StreamDependencies {
  readonly ssf: SsfConfig;
  readonly documents: ConfigurationDocuments;
  readonly mailbox: EventMailbox;
  readonly outgoing: OutgoingClient;
  readonly cacheInSeconds: number;
  readonly now: () => Date;
}

/** The streams that are not disabled, as targets. */
export function createEventStreamTargets(dependencies: StreamDependencies): DocumentTargets {
  return createDocumentTargets({
    ...dependencies,
    kind: 'eventStream',
    shape: StoredStream,
    toTarget: (stream, id) => toTarget(dependencies, stream, id),
  });
}

function toTarget(
  dependencies: StreamDependencies,
  stream: EventStream,
  id: string,
): Target | undefined {
  if (stream.status === 'disabled') return undefined;
  return {
    id,
    isPaused: stream.status === 'paused',
    ...defined({ resumedDateTime: stream.resumedDateTime }),
    deliver: (announcement, signal) => deliverToStream(dependencies, stream, announcement, signal),
  };
}

async function deliverToStream(
  dependencies: StreamDependencies,
  stream: EventStream,
  announcement: Announcement,
  signal: AbortSignal,
): Promise<Delivery> {
  const events = toSecurityEvents(announcement, stream, dependencies.ssf.issuer);
  if (events.length === 0) return { outcome: 'delivered' };
  if (await isRemovedSubject(dependencies, stream, announcement)) return { outcome: 'delivered' };
  for (const event of events) {
    const delivery = await sendSecurityEvent(dependencies, stream, event, signal, announcement);
    if (delivery.outcome !== 'delivered') return delivery;
  }
  return { outcome: 'delivered' };
}

async function isRemovedSubject(
  { mailbox }: StreamDependencies,
  { id, hasRemovedSubjects }: EventStream,
  announcement: Announcement,
): Promise<boolean> {
  if (hasRemovedSubjects !== true) return false;
  const keys = subjectKeysOf(announcement);
  const removed = await Promise.all(keys.map((key) => mailbox.isExcludedSubject(id, key)));
  return removed.includes(true);
}

/** Pushes with the header that the receiver asked for, or not at all. */
async function pushSealed(
  { ssf, outgoing, now }: Pick<StreamDependencies, 'ssf' | 'outgoing' | 'now'>,
  stream: EventStream,
  token: string,
  signal: AbortSignal,
): Promise<Delivery> {
  if (stream.delivery.method !== PUSH) throw new TypeError('the stream is not pushed');
  const { endpoint_url: url } = stream.delivery;
  try {
    const authorization = openHeader(ssf, stream);
    return await pushToken(outgoing, { url, ...defined({ authorization }), token }, signal, now);
  } catch (error) {
    if (!(error instanceof HeaderSealedError)) throw error;
    return { outcome: 'failed', code: 'headerKeyMissing', reason: error.message };
  }
}

/** Signs the event, then pushes it, or stores it until the receiver polls. */
export async function sendSecurityEvent(
  { ssf, outgoing, mailbox, documents, now }: Omit<StreamDependencies, 'cacheInSeconds'>,
  stream: EventStream,
  event: SecurityEvent,
  signal: AbortSignal,
  { sequence }: Pick<Announcement, 'sequence'> = { sequence: 0 },
): Promise<Delivery> {
  const at = now();
  const token = await signSecurityEvent(ssf, event, stream.aud, at);
  if (stream.delivery.method === PUSH)
    return pushSealed({ ssf, outgoing, now }, stream, token, signal);
  // The stream may have changed to push since this worker read its list. No receiver would poll for the event.
  const stored = await documents.loadDocument('eventStream', stream.id);
  if (stored === undefined || toStream(stored).delivery.method === PUSH)
    return {
      outcome: 'failed',
      code: 'targetChanged',
      reason: 'the delivery method of the stream has just changed',
    };
  // The sequence orders the events of one device within one millisecond.
  const position = `${at.toISOString()} ${String(sequence).padStart(12, '0')}`;
  await mailbox.put(stream.id, { jti: event.jti, token }, position);
  return { outcome: 'delivered' };
}
