import type { ConnectorError } from '../../base/connectorError.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';

/**
 * Consent to deliveries (CloudEvents HTTP 1.1 Web Hooks, section 4), which the sender reads from the headers and not
 * from the status. Every origin gets it, because each delivery must be signed.
 * @throws ConnectorError `invalidRequest` without an origin, or if the rate is not a positive number.
 */
export function toConsent({ headers }: HttpRequest): HttpReply {
  const origin = headers.get('webhook-request-origin');
  const rate = headers.get('webhook-request-rate');
  if (!origin) throw invalidHeader('WebHook-Request-Origin', 'is required');
  if (rate !== null && !/^[1-9]\d{0,9}$/.test(rate)) {
    const expected = 'must be a positive whole number of requests a minute';
    throw invalidHeader('WebHook-Request-Rate', expected);
  }
  return {
    status: 200,
    headers: {
      allow: 'POST, OPTIONS',
      'webhook-allowed-origin': origin,
      'webhook-allowed-rate': rate ?? '*',
    },
  };
}

function invalidHeader(name: string, message: string): ConnectorError {
  return invalidRequest(`header \`${name}\` ${message}`, { path: name, message });
}
