import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type BlockList } from 'node:net';
import {
  AnonymousCredential,
  ContainerClient,
  newPipeline,
  type BlobClient,
  RestError,
  StorageSharedKeyCredential,
  type RequestPolicy,
  type WebResource,
} from '@azure/storage-blob';
import { isAllowedAddress, isWithin } from '../../base/network/allowedAddress.ts';
import { isReachableUrl } from '../../base/network/isReachableUrl.ts';
import { BlobError, type OpenSourceBlobs } from '../../core/ports/eventSources.ts';
import { isGzip } from '../../core/eventSources/isGzip.ts';
import { untilIdle } from '../../core/eventSources/pull/untilIdle.ts';
import { OutgoingError } from '../../core/ports/outgoing.ts';
import { isCertificateFault } from '../certificateFault.ts';
import { createCredential } from '../credential.ts';
import { guardedLookup, requireAllowed } from '../guardedLookup.ts';

const SILENCE_IN_MILLISECONDS = 60_000;
const RETRIES = { maxTries: 2, tryTimeoutInMs: 20_000 };

interface Options {
  /** Networks that may be reached although they are private. */
  readonly allowedNetworks: BlockList;
  /** The managed identity that reads the container, if no secret is set. */
  readonly clientId?: string | undefined;
}

/**
 * The container of a source. It is read by the managed identity, which needs the role Storage Blob Data Reader there, or
 * by a secret: `account:key` for a stand-in, else a signed address's query (`sv=…&sig=…`). Connections go to addresses
 * that are public or allowed only, as those of the outgoing client do.
 */
export function createSourceBlobs({ allowedNetworks, clientId }: Options): OpenSourceBlobs {
  return (source, secret) => {
    const { containerUrl = '', prefix } = source.connection ?? {};
    if (!isReachableUrl(containerUrl, allowedNetworks))
      throw new BlobError('addressRefused', 'the address may not be reached');
    const container = toClient(containerUrl, secret, { allowedNetworks, clientId });
    return {
      async *list() {
        try {
          const options = prefix === undefined ? {} : { prefix };
          for await (const { name, properties } of container.listBlobsFlat(options))
            yield {
              name,
              etag: properties.etag,
              lastModifiedDateTime: properties.lastModified.toISOString(),
            };
        } catch (error) {
          throw toListError(error);
        }
      },

      async *read({ name, etag }) {
        try {
          yield* download(container.getBlobClient(name), etag);
        } catch (error) {
          if (!isGone(error)) throw toReadError(error);
        }
      },
    };
  };
}

async function* download(blob: BlobClient, etag: string): AsyncIterable<Uint8Array> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const { readableStreamBody: body } = await blob.download(0, undefined, {
    conditions: { ifMatch: etag },
    abortSignal: controller.signal,
  });
  if (body === undefined) return;
  const pieces = untilIdle(body as AsyncIterable<Uint8Array>, SILENCE_IN_MILLISECONDS, abort);
  yield* unpacked(pieces);
}

function toClient(
  url: string,
  secret: string | undefined,
  { allowedNetworks, clientId }: Options,
): ContainerClient {
  const isPlain = url.startsWith('http:');
  const isAllowed = (address: string): boolean =>
    isPlain ? isWithin(address, allowedNetworks) : isAllowedAddress(address, allowedNetworks);
  const lookup = guardedLookup(isAllowed);
  const agent = isPlain
    ? new HttpAgent({ keepAlive: true, lookup })
    : new HttpsAgent({ keepAlive: true, lookup });
  const [, account, key] = /^([a-z0-9]{3,24}):([A-Za-z0-9+/=]+)$/.exec(secret ?? '') ?? [];
  const credential =
    account !== undefined && key !== undefined
      ? new StorageSharedKeyCredential(account, key)
      : secret === undefined
        ? createCredential(clientId)
        : undefined;
  const query = credential === undefined ? `?${(secret ?? '').replace(/^\?/, '')}` : '';
  const pipeline = newPipeline(credential ?? new AnonymousCredential(), { retryOptions: RETRIES });
  pipeline.factories.push({ create: (next) => new AgentPolicy(next, agent) });
  // An address in the URL itself is not resolved, so it is checked here.
  const literal = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0) requireAllowed([literal], isAllowed);
  return new ContainerClient(`${url}${query}`, pipeline);
}

/** Sends each request over the guarded agent. */
class AgentPolicy implements RequestPolicy {
  readonly #next: RequestPolicy;
  readonly #agent: HttpAgent;

  constructor(next: RequestPolicy, agent: HttpAgent) {
    this.#next = next;
    this.#agent = agent;
  }

  sendRequest(request: WebResource): ReturnType<RequestPolicy['sendRequest']> {
    request.agent = this.#agent;
    return this.#next.sendRequest(request);
  }
}

/** The bytes of a blob, unpacked if they begin as gzip does (RFC 1952): not every writer names the coding. */
async function* unpacked(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done === true) return;
  const whole = restOf(first.value, pieces);
  const isPacked = isGzip(first.value);
  if (!isPacked) {
    yield* whole;
    return;
  }
  const gunzip = createGunzip();
  // The pipeline's own promise fails with the error that the loop throws.
  pipeline(whole, gunzip).catch(() => undefined);
  yield* gunzip as AsyncIterable<Uint8Array>;
}

async function* restOf(
  first: Uint8Array,
  pieces: AsyncIterator<Uint8Array>,
): AsyncIterable<Uint8Array> {
  yield first;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next())
    yield next.value;
}

function isGone(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404;
}

/** zlib's errors are about the bytes; a connection that broke has others. */
function toReadError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('Z_')) return new BlobError('blobUnreadable', String(error), error);
  const status = error instanceof RestError ? error.statusCode : undefined;
  if (status === 412) return new BlobError('blobRewritten', 'the blob was written again', error);
  // An archived blob, for example.
  if (status === 409) return new BlobError('blobUnreadable', messageOf(error), error);
  return toListError(error);
}

function toListError(error: unknown): BlobError {
  if (error instanceof BlobError) return error;
  const causes = causesOf(error);
  if (causes.some(isRefusal))
    return new BlobError('addressRefused', 'the address may not be reached', error);
  if (causes.some(isCertificateFault))
    return new BlobError('certificateInvalid', messageOf(error), error);
  const status = error instanceof RestError ? error.statusCode : undefined;
  if (status === 401 || status === 403)
    return new BlobError('accessDenied', messageOf(error), error);
  if (status === 404) return new BlobError('containerUnknown', messageOf(error), error);
  return new BlobError('unreachable', messageOf(error), error);
}

/** The SDK keeps the code of the error of a request, not always the error itself. */
function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return error instanceof OutgoingError || code === 'addressRefused';
}

const MAX_CAUSES = 4;

function causesOf(error: unknown, limit = MAX_CAUSES): readonly unknown[] {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined || limit === 0 ? [error] : [error, ...causesOf(cause, limit - 1)];
}

/** The first line, since the SDK appends the whole answer. */
function messageOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
}
