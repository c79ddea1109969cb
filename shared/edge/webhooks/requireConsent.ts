import { ConnectorError } from '../../base/connectorError.ts';
import { OutgoingError, type OutgoingClient } from '../../core/ports/outgoing.ts';
import type { WebhooksConfig } from '../../settings/readWebhooks.ts';

const TIMEOUT_IN_MILLISECONDS = 10_000;

/**
 * Asks whether the endpoint wants to be told (CloudEvents HTTP webhook 1.0, abuse protection): it says so in a header; the
 * status says nothing. @throws ConnectorError `invalidRequest` naming what it has to answer.
 */
export async function requireConsent(
  outgoing: OutgoingClient,
  { origin }: WebhooksConfig,
  url: string,
): Promise<void> {
  const { host } = new URL(origin);
  const allowed = await ask(outgoing, host, url);
  const words = (allowed ?? '').split(',').map((word) => word.trim().toLowerCase());
  const origins = new Set(words);
  if (origins.has('*') || origins.has(host.toLowerCase())) return;
  throw refuse(
    `must answer \`OPTIONS\` with the header \`WebHook-Allowed-Origin: ${host}\`, or \`*\``,
  );
}

async function ask(outgoing: OutgoingClient, host: string, url: string): Promise<string | null> {
  try {
    const { headers } = await outgoing.send({
      method: 'OPTIONS',
      url,
      headers: { 'WebHook-Request-Origin': host },
      signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
    });
    return headers.get('webhook-allowed-origin');
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error;
    throw refuse(
      error.code === 'addressRefused'
        ? 'must be an https URL in the open internet, without a user'
        : `must answer \`OPTIONS\`: ${error.message}`,
    );
  }
}

function refuse(message: string): ConnectorError {
  return new ConnectorError('invalidRequest', 'the webhook endpoint is not valid', {
    details: [{ path: '/url', message }],
  });
}
