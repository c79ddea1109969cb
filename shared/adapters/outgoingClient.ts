import {
  Agent as HttpAgent,
  request as httpRequest,
  type AgentOptions,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type BlockList, type LookupFunction } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import {
  OutgoingError,
  type OutgoingAnswer,
  type OutgoingClient,
  type OutgoingRequest,
} from '../core/ports/outgoing.ts';
import { isAllowedAddress, isWithin } from '../base/network/allowedAddress.ts';
import { isCertificateFault } from './certificateFault.ts';
import { guardedLookup, requireAllowed, type IsAllowed, type Resolve } from './guardedLookup.ts';

const MAX_BODY_IN_BYTES = 16 * 1024;
const MAX_SOCKETS_A_HOST = 64;

type Scheme = 'http:' | 'https:';

interface Options {
  /** Networks that may be reached although they are private. */
  readonly allowedNetworks: BlockList;
  /** Returns all addresses of a name. */
  readonly resolve?: Resolve;
}

/**
 * Opens every connection to the very address that it has just checked, since a name that is resolved twice can have two
 * answers. Plain HTTP goes to allowed networks only.
 */
export function createOutgoingClient({ allowedNetworks, resolve }: Options): OutgoingClient {
  const isAllowed: Readonly<Record<Scheme, IsAllowed>> = {
    'http:': (address) => isWithin(address, allowedNetworks),
    'https:': (address) => isAllowedAddress(address, allowedNetworks),
  };
  const optionsFor = (scheme: Scheme): AgentOptions & { readonly lookup: LookupFunction } => ({
    keepAlive: true,
    maxSockets: MAX_SOCKETS_A_HOST,
    noDelay: true,
    lookup: guardedLookup(isAllowed[scheme], resolve),
  });
  const agents = {
    'http:': new HttpAgent(optionsFor('http:')),
    'https:': new HttpsAgent(optionsFor('https:')),
  };
  const respond = async (request: OutgoingRequest): Promise<IncomingMessage> => {
    const { url, scheme } = toTarget(request.url);
    // An address in the URL itself is not resolved, so it is checked here.
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0) requireAllowed([literal], isAllowed[scheme]);
    return exchange(url, request, agents[scheme]);
  };
  return {
    async send(request) {
      const response = await respond(request);
      return readAnswer(response).catch((error: unknown) => toFailure(request, error));
    },
    async open(request) {
      const response = await respond(request);
      return { ...headOf(response), body: readWhole(response, request) };
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Checks the URL before its name is resolved. @throws OutgoingError `addressRefused` */
function toTarget(text: string): { readonly url: URL; readonly scheme: Scheme } {
  const url = URL.parse(text);
  const scheme = url?.protocol;
  if (url === null || (scheme !== 'https:' && scheme !== 'http:'))
    throw new OutgoingError('addressRefused', 'the address must be an https URL');
  if (url.username !== '' || url.password !== '')
    throw new OutgoingError('addressRefused', 'the address must not hold a user or a password');
  return { url, scheme };
}

function exchange(
  url: URL,
  outgoing: OutgoingRequest,
  agent: HttpAgent | HttpsAgent,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const { method, headers, body, signal } = outgoing;
  return new Promise<IncomingMessage>((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const request = send(url, { method, headers: { ...headers, ...length }, agent, signal });
    request.once('response', resolve);
    // A protocol upgrade that was not requested would never end as a response.
    request.once('upgrade', (_, socket) => {
      socket.destroy();
      reject(new OutgoingError('unreachable', 'the receiver switched to another protocol'));
    });
    request.once('error', reject);
    request.end(body);
  }).catch((error: unknown) => toFailure(outgoing, error));
}

function toFailure({ signal }: OutgoingRequest, error: unknown): never {
  if (signal.aborted)
    throw new OutgoingError('timedOut', 'the receiver did not answer in time', error);
  return toUnreachable(error);
}

function toUnreachable(error: unknown): never {
  if (error instanceof OutgoingError) throw error;
  const code = error instanceof Error && 'code' in error ? `: ${String(error.code)}` : '';
  if (isCertificateFault(error))
    throw new OutgoingError('certificateInvalid', `the certificate is not valid${code}`, error);
  if (CUT.test(code))
    throw new OutgoingError('interrupted', `the connection broke off${code}`, error);
  throw new OutgoingError('unreachable', `the address cannot be reached${code}`, error);
}

const CUT = /ECONNRESET|EPIPE/;

function headOf({ statusCode = 0, headers }: IncomingMessage): Omit<OutgoingAnswer, 'body'> {
  return { status: statusCode, headers: { get: (name) => toText(headers[name.toLowerCase()]) } };
}

async function* readWhole(
  response: IncomingMessage,
  request: OutgoingRequest,
): AsyncIterable<Uint8Array> {
  const isPacked = response.headers['content-encoding'] === 'gzip';
  try {
    // A body that ends early fails here, whether it is packed or not.
    yield* isPacked ? compose(response, createGunzip()) : (response as AsyncIterable<Uint8Array>);
  } catch (error) {
    if (request.signal.aborted) toFailure(request, error);
    throw new OutgoingError('interrupted', 'the answer broke off', error);
  } finally {
    response.destroy();
  }
}

async function* compose(response: IncomingMessage, gunzip: Gunzip): AsyncIterable<Uint8Array> {
  // The pipeline's own promise fails with the error that the loop throws.
  pipeline(response, gunzip).catch(() => undefined);
  yield* gunzip as AsyncIterable<Uint8Array>;
}

async function readAnswer(response: IncomingMessage): Promise<OutgoingAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop closes the connection, so an endless body ends here.
    if (size >= MAX_BODY_IN_BYTES) break;
  }
  return {
    ...headOf(response),
    body: Buffer.concat(chunks).subarray(0, MAX_BODY_IN_BYTES).toString(),
  };
}

function toText(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : value.join(', ');
}
