import { Type } from 'typebox';

/** The connector pushes tokens (RFC 8935), or the receiver polls for them (RFC 8936). */
export const PUSH = 'urn:ietf:rfc:8935';
export const POLL = 'urn:ietf:rfc:8936';

const MAX_LENGTH = 2000;

/** How a receiver gets its tokens. The header is never shown again. */
export const DeliverySchema = Type.Union([
  Type.Object({
    method: Type.Literal(PUSH),
    endpoint_url: Type.String({ minLength: 1, maxLength: MAX_LENGTH }),
    authorization_header: Type.Optional(
      Type.String({ pattern: '^[!-~](?:[ -~]*[!-~])?$', maxLength: MAX_LENGTH }),
    ),
  }),
  Type.Object({ method: Type.Literal(POLL) }),
]);
