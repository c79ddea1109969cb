import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import {
  Agent as HttpAgent,
  request as httpRequest,
  type AgentOptions,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type BlockList, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import {
  OutgoingError,
  type OutgoingAnswer,
  type OutgoingClient,
  type OutgoingRequest,
} from '../core/ports/outgoing.ts';
import { isAllowedAddress, isWithin } from '../base/network/allowedAddress.ts';

const MAX_BODY_IN_BYTES = 16 * 1024;
const MAX_SOCKETS_A_HOST = 64;

type Scheme = 'http:' | 'https:';
type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

interface Options {
  /** Networks that may be reached although they are private. */
  readonly allowedNetworks: BlockList;
  /** Returns all addresses of a name. */
  readonly resolve?: Resolve;
}

type IsAllowed = (address: string) => boolean;

/**
 * Opens every connection to the very address that it has just checked, since a name that is resolved twice can have two
 * answers. Plain HTTP goes to allowed networks only.
 */
export function createOutgoingClient({
  allowedNetworks,
  resolve = (hostname) => lookup(hostname, { all: true, verbatim: true }),
}: Options): OutgoingClient {
  const isAllowed: Readonly<Record<Scheme, IsAllowed>> = {
    'http:': (address) => isWithin(address, allowedNetworks),
    'https:': (address) => isAllowedAddress(address, allowedNetworks),
  };
  const optionsFor = (scheme: Scheme): AgentOptions & { readonly lookup: LookupFunction } => ({
    keepAlive: true,
    maxSockets: MAX_SOCKETS_A_HOST,
    noDelay: true,
    lookup: toLookup(resolve, isAllowed[scheme]),
  });
  const agents = {
    'http:': new HttpAgent(optionsFor('http:')),
    'https:': new HttpsAgent(optionsFor('https:')),
  };
  return {
    async send(request) {
      const { url, scheme } = toTarget(request.url);
      // An address in the URL itself is not resolved, so it is checked here.
      const literal = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(literal) !== 0) requireAllowed([literal], isAllowed[scheme]);
      return exchange(url, request, agents[scheme]);
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

/** One forbidden address among several is an attack: the next connection might go there. */
function requireAllowed(addresses: readonly string[], isAllowed: IsAllowed): void {
  if (addresses.length === 0 || !addresses.every(isAllowed))
    throw new OutgoingError('addressRefused', 'the address may not be reached');
}

function toLookup(resolve: Resolve, isAllowed: IsAllowed): LookupFunction {
  const find = callbackify(async (hostname: string) => {
    const addresses = await resolve(hostname);
    requireAllowed(
      addresses.map(({ address }) => address),
      isAllowed,
    );
    return addresses;
  });
  return (hostname, { all }, callback) => {
    find(hostname, (error, addresses) => {
      // Without an error there is at least one checked address.
      if (error !== null) callback(error, '');
      else if (all === true) callback(null, [...addresses]);
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };
}

function exchange(
  url: URL,
  { method, headers, body, signal }: OutgoingRequest,
  agent: HttpAgent | HttpsAgent,
): Promise<OutgoingAnswer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise<OutgoingAnswer>((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const request = send(url, { method, headers: { ...headers, ...length }, agent, signal });
    request.once('response', (response) => {
      readAnswer(response).then(resolve, reject);
    });
    // A protocol upgrade that was not requested would never end as a response.
    request.once('upgrade', (_, socket) => {
      socket.destroy();
      reject(new OutgoingError('unreachable', 'the receiver switched to another protocol'));
    });
    request.once('error', reject);
    request.end(body);
  }).catch((error: unknown) => {
    if (signal.aborted)
      throw new OutgoingError('timedOut', 'the receiver did not answer in time', error);
    return toUnreachable(error);
  });
}

function toUnreachable(error: unknown): never {
  if (error instanceof OutgoingError) throw error;
  const code = error instanceof Error && 'code' in error ? `: ${String(error.code)}` : '';
  throw new OutgoingError('unreachable', `the address cannot be reached${code}`, error);
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
    status: response.statusCode ?? 0,
    headers: { get: (name) => toText(response.headers[name.toLowerCase()]) },
    body: Buffer.concat(chunks).subarray(0, MAX_BODY_IN_BYTES).toString(),
  };
}

function toText(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : value.join(', ');
}
