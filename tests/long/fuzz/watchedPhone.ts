import { randomUUID } from 'node:crypto';
import type { FuzzedRequest, Seen } from './exchange.ts';
import type { Keys } from './fuzzRequest.ts';
import { toEvents, toRequest } from './makingRequests.ts';
import { WATCHED_PHONE } from './seeds.ts';

/**
 * Has an open incident as the watched phone has, with an id of its own that no other request knows. The requests report on
 * the watched phone only, so nothing can make it better off than this one.
 */
const UNTOUCHED_PHONE = 'untouched-phone';

/** Reasons that the incident causes. Others could end with a report about the watched phone. */
const CAUSED_BY_INCIDENT =
  /"(threatLevelAboveCeiling|defenceLevelAboveCeiling|deviceThreatPresent)"/;

/** Enrols both phones, and opens the incident on both. */
export function* preparingWatch(keys: Keys): Generator<FuzzedRequest> {
  for (const deviceId of [WATCHED_PHONE, UNTOUCHED_PHONE]) {
    const properties = JSON.stringify({ operatingSystem: 'Android', osVersion: '15' });
    yield toRequest(keys, 'PUT', `deviceManagement/managedDevices/${deviceId}`, properties);
    const incident = {
      incidentId: randomUUID(),
      category: 'application',
      threatType: 'malware',
      severity: 'high',
      detectedDateTime: new Date().toISOString(),
    };
    yield toEvents(
      keys,
      deviceId,
      ['device.activated', {}],
      ['device.risk', { riskLevel: 'minimal' }],
      ['incident.opened', incident],
    );
  }
}

/** Asks for the decisions about both phones, by one configuration. */
export function watchingRequest(keys: Keys): FuzzedRequest {
  const about = [WATCHED_PHONE, UNTOUCHED_PHONE].map((deviceId) => ({
    device: { deviceId },
    resource: 'exchangeOnline',
  }));
  return toRequest(keys, 'POST', 'accessDecisions', JSON.stringify(about));
}

/** Whether the request sends events or reports about the watched phone. */
export function isAboutWatched({ path, body }: FuzzedRequest): boolean {
  return /^(webhooks\/sep-mobile|telemetry)/.test(path) && body?.includes(WATCHED_PHONE) === true;
}

/** What is wrong with the answer to `watchingRequest`; `undefined` if it is right, or there is none. */
export function toWatchProblem({ status, body }: Seen): string | undefined {
  if (status !== 200 || !Array.isArray(body)) return undefined;
  const [watched, untouched] = body as readonly { readonly decision?: unknown }[];
  const isBlocked =
    untouched?.decision === 'block' && CAUSED_BY_INCIDENT.test(JSON.stringify(untouched));
  return isBlocked && watched?.decision === 'allow'
    ? 'a phone with an open incident is allowed after'
    : undefined;
}
