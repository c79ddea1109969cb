/** The challenge of an endpoint that accepts tokens and keys, and keys also as user and password. */
export const KEY_CHALLENGE =
  'Bearer, Basic realm="Mobile Threat Defense connector", charset="UTF-8"';
/** The challenge of an endpoint that accepts the partner's webhook signature alone. */
export const SIGNATURE_CHALLENGE = 'StandardWebhooks';
