import { ConnectorError } from '../../base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';

/**
 * Consent to deliveries (CloudEvents HTTP 1.1 Web Hooks, section 4): read from the headers, never from the status.
 * Every origin is welcome, because each delivery has to be signed.
 * @throws ConnectorError `invalidRequest` without the origin or with a rate that is no positive number.
 */
export function toConsent({ headers }: HttpRequest): HttpReply {
  const origin = headers.get('webhook-request-origin');
  const rate = headers.get('webhook-request-rate');
  if (!origin) throw invalid('WebHook-Request-Origin', 'is required');
  if (rate !== null && !/^[1-9]\d{0,9}$/.test(rate)) {
    throw invalid('WebHook-Request-Rate', 'must be a positive whole number of requests a minute');
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

function invalid(header: string, message: string): ConnectorError {
  return new ConnectorError('invalidRequest', `header \`${header}\` ${message}`, {
    details: [{ path: header, message }],
  });
}
