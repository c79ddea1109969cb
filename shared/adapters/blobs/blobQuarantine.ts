import { RestError } from '@azure/storage-blob';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import type { Connection } from '../../settings/readSetting.ts';
import { createMessageMac, type MessageMacOptions } from '../../core/devices/messageMac.ts';
import type { MessageMac } from '../../core/ports/queues.ts';
import {
  QUARANTINE_SOURCES,
  type Quarantine,
  type QuarantinedRequest,
  type QuarantineEntry,
} from '../../core/ports/quarantine.ts';
import { QUARANTINE_CONTAINER_NAME } from '../../resources.ts';
import { openBlobContainer } from './openBlobContainer.ts';

/** The content of a blob. The body is base64, since it may be any bytes. */
const Stored = Compile(
  Type.Object({
    source: Type.Optional(Type.Enum(QUARANTINE_SOURCES)),
    sourceId: Type.Optional(Type.String()),
    contentType: Type.String(),
    requestId: Type.String(),
    receivedDateTime: Type.String(),
    rejected: Type.Array(
      Type.Object({
        index: Type.Integer(),
        code: Type.String(),
        path: Type.String(),
        message: Type.String(),
        counted: Type.Optional(Type.Array(Type.String())),
      }),
    ),
    bodyBase64: Type.String(),
  }),
);
const NOT_FOUND = 404;

interface QuarantineOptions extends Omit<MessageMacOptions, 'queue'> {
  readonly connection: Connection;
}

/** Stores rejected requests as blobs, each with a MAC. Lists read their metadata only. */
export function openBlobQuarantine({ connection, ...options }: QuarantineOptions): Quarantine {
  const mac = createMessageMac({ ...options, queue: QUARANTINE_CONTAINER_NAME });
  const container = openBlobContainer(connection, QUARANTINE_CONTAINER_NAME);
  return {
    store: (name, request) =>
      call(async () => {
        const { body, isAuthentic: _, ...rest } = request;
        const content = { name, ...rest, bodyBase64: Buffer.from(body).toString('base64') };
        const signed = Buffer.from(JSON.stringify(mac.sign(content)));
        await container.getBlockBlobClient(name).uploadData(signed, {
          blobHTTPHeaders: { blobContentType: 'application/json' },
          metadata: toMetadata(request),
        });
      }),

    list: (top, continuation) =>
      call(async () => {
        const pages = container.listBlobsFlat({ includeMetadata: true }).byPage({
          maxPageSize: top,
          ...defined({ continuationToken: continuation }),
        });
        const { value, done } = await pages.next();
        if (done === true) return { items: [] };
        const { segment, continuationToken } = value;
        return {
          items: segment.blobItems.map(({ name, metadata, properties }) =>
            fromMetadata(name, metadata ?? {}, properties.lastModified),
          ),
          ...(continuationToken ? { continuation: continuationToken } : {}),
        };
      }),

    load: (name) =>
      call(async () => {
        try {
          const text = await container.getBlobClient(name).downloadToBuffer();
          const stored: unknown = JSON.parse(text.toString());
          return { ...fromStored(stored), isAuthentic: isOwn(stored, name, mac) };
        } catch (error) {
          if (error instanceof RestError && error.statusCode === NOT_FOUND) return undefined;
          throw error;
        }
      }),

    remove: (name) =>
      call(async () => {
        await container.getBlobClient(name).deleteIfExists();
      }),
  };
}

async function call<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ConnectorError) throw cause;
    throw new ConnectorError('serviceNotAvailable', 'the quarantine does not answer', { cause });
  }
}

function toMetadata({
  source,
  receivedDateTime,
  rejected,
}: QuarantinedRequest): Record<string, string> {
  return {
    source,
    received: receivedDateTime,
    rejected: String(rejected.length),
    partial: String(rejected.filter(({ counted }) => counted !== undefined).length),
    code: rejected[0]?.code ?? '',
  };
}

/** Blobs from before there was metadata show only when they were written. */
function fromMetadata(
  name: string,
  { source, received, rejected, partial, code = '' }: Readonly<Record<string, string>>,
  lastModified: Date,
): QuarantineEntry {
  return {
    name,
    source: QUARANTINE_SOURCES.find((each) => each === source) ?? 'webhook',
    receivedDateTime: received ?? lastModified.toISOString(),
    rejectedCount: Number(rejected ?? 1),
    partialCount: Number(partial ?? 0),
    code,
  };
}

/** Whether this system stored the blob under this name: who may write blobs must not vouch for events. */
function isOwn(stored: unknown, name: string, mac: MessageMac): boolean {
  if (typeof stored !== 'object' || stored === null) return false;
  // Blobs of an earlier release have no name, and are accepted as long as its messages are.
  return (!('name' in stored) || stored.name === name) && mac.isAuthentic(stored);
}

function fromStored(value: unknown): Omit<QuarantinedRequest, 'isAuthentic'> {
  if (!Stored.Check(value))
    throw new ConnectorError('conflict', 'the blob is no quarantined request');
  const { bodyBase64, source = 'webhook', rejected } = value;
  const { contentType, requestId, receivedDateTime, sourceId } = value;
  return {
    ...defined({ sourceId }),
    contentType,
    requestId,
    receivedDateTime,
    source,
    rejected: rejected as QuarantinedRequest['rejected'],
    body: Buffer.from(bodyBase64, 'base64'),
  };
}
