import { REACHABLE_URL_IN_WORDS } from '../../base/network/isReachableUrl.ts';
import { OutgoingError, type OutgoingClient } from '../../core/ports/outgoing.ts';
import type { WebhooksConfig } from '../../settings/readWebhooks.ts';
import { invalidEndpointUrl } from './webhookEndpoint.ts';
import { toRequestOrigin } from './webhookMessage.ts';

const TIMEOUT_IN_MILLISECONDS = 10_000;

/**
 * Asks the receiver for its consent to deliveries (CloudEvents HTTP webhook 1.0, abuse protection). It consents by a
 * header; its status does not matter. @throws ConnectorError `invalidRequest` naming the expected answer.
 */
export async function requireConsent(
  outgoing: OutgoingClient,
  { origin }: WebhooksConfig,
  url: string,
): Promise<void> {
  const host = toRequestOrigin(origin);
  const allowed = await ask(outgoing, host, url);
  const named = (allowed ?? '').split(',').map((origin) => origin.trim().toLowerCase());
  const origins = new Set(named);
  if (origins.has('*') || origins.has(host.toLowerCase())) return;
  throw invalidEndpointUrl(
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
    throw invalidEndpointUrl(
      error.code === 'addressRefused'
        ? REACHABLE_URL_IN_WORDS
        : `must answer \`OPTIONS\`: ${error.message}`,
    );
  }
}
