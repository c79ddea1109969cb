import { isJsonObject } from '../../base/jsonObject.ts';
import { Type, type Static } from 'typebox';

/** The connector pushes tokens (RFC 8935), or the receiver polls for them (RFC 8936). */
export const PUSH = 'urn:ietf:rfc:8935';
export const POLL = 'urn:ietf:rfc:8936';

/**
 * The names of the two methods before the framework took over the RFCs' (openid/sharedsignals, pull request 49). Receivers
 * that were written for an earlier draft still send them.
 */
const EARLIER_NAMES: Readonly<Record<string, string>> = {
  'https://schemas.openid.net/secevent/risc/delivery-method/push': PUSH,
  'https://schemas.openid.net/secevent/risc/delivery-method/poll': POLL,
};

/** A body in which an earlier name of a delivery method is replaced by today's. */
export function withDeliveryMethod(body: unknown): unknown {
  if (!isJsonObject(body) || !isJsonObject(body['delivery'])) return body;
  const { delivery } = body;
  const name = delivery['method'];
  const method = typeof name === 'string' ? EARLIER_NAMES[name] : undefined;
  return method === undefined ? body : { ...body, delivery: { ...delivery, method } };
}

const MAX_LENGTH = 2000;

const push = {
  method: Type.Literal(PUSH),
  endpoint_url: Type.String({ minLength: 1, maxLength: MAX_LENGTH }),
  authorization_header: Type.Optional(
    Type.String({ pattern: '^[!-~](?:[ -~]*[!-~])?$', maxLength: MAX_LENGTH }),
  ),
};
const Poll = Type.Object({ method: Type.Literal(POLL) });

/** How a receiver gets its tokens. The header is never shown again. */
export const DeliverySchema = Type.Union([Type.Object(push), Poll]);

/** The key by its name, and nonce, encrypted header and tag in base64url. */
const SealedHeaderSchema = Type.Object({ key_id: Type.String(), value: Type.String() });
export type SealedHeader = Static<typeof SealedHeaderSchema>;

/** The same as it is stored. Streams of the first release have the header in clear, until their next change. */
export const StoredDeliverySchema = Type.Union([
  Type.Object({ ...push, sealed_header: Type.Optional(SealedHeaderSchema) }),
  Poll,
]);
export type StoredDelivery = Static<typeof StoredDeliverySchema>;
