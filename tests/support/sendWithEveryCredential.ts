import { createHmac, randomUUID } from 'node:crypto';
import type { Operation } from '../../shared/edge/openApi/operation.ts';
import { OPERATIONS } from '../../shared/edge/openApi/toOpenApi.ts';
import { exampleRequest } from './exampleRequest.ts';
import { AUTHENTICATION_EVENTS } from './quietSettings.ts';
import type { TestStack } from './testStack.ts';

/** The operations that take a body. The endpoints of Cloudflare check their tokens first. */
export const TAKE_BODY: readonly Operation[] = OPERATIONS.filter(
  ({ access, request }) => access !== 'cloudflare' && request !== undefined,
);
export const TAKE_JSON = TAKE_BODY.filter(
  ({ request }) => request?.contentTypes[0]?.includes('json') === true,
);
const ROLES = [
  ...new Set(TAKE_BODY.flatMap(({ access }) => (typeof access === 'string' ? [] : access))),
];

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Sends the operation's example with this body, signed, and with a token of every role. `inChunks` leaves out the length
 * of the body. Returns the status.
 */
export async function sendWithEveryCredential(
  system: TestStack,
  operation: Operation,
  body: string | Bytes,
  { inChunks = false } = {},
): Promise<number> {
  const bytes = typeof body === 'string' ? Uint8Array.from(Buffer.from(body)) : body;
  const { method, path, headers } = exampleRequest(operation);
  const response = await fetch(`${system.stack.description.api}/api/${path}`, {
    method,
    headers: {
      ...headers,
      ...sign(system.stack.description.webhookSecret, bytes),
      authorization: `Bearer ${await tokenFor(system, operation)}`,
    },
    ...(inChunks ? { body: new Blob([bytes]).stream(), duplex: 'half' } : { body: bytes }),
  });
  await response.arrayBuffer();
  return response.status;
}

/** A new caller for each request, because some operations use up its rate. */
function tokenFor(system: TestStack, { access }: Operation): Promise<string> {
  return access === 'entra'
    ? system.sign({ azp: AUTHENTICATION_EVENTS })
    : system.sign({ azp: randomUUID(), roles: ROLES });
}

function sign(secret: string, body: Bytes): Readonly<Record<string, string>> {
  const id = `msg_${randomUUID()}`;
  const at = String(Math.floor(Date.now() / 1000));
  const digest = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
    .update(`${id}.${at}.`)
    .update(body)
    .digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': `v1,${digest}` };
}
