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

const PHONES = [WATCHED_PHONE, UNTOUCHED_PHONE];

/** Enrols both phones. A sync with Intune removes them, so that each is enrolled again from time to time. */
export function enrollingWatched(keys: Keys): readonly FuzzedRequest[] {
  const properties = JSON.stringify({ operatingSystem: 'Android', osVersion: '15' });
  return PHONES.map((deviceId) =>
    toRequest(keys, 'PUT', `deviceManagement/managedDevices/${deviceId}`, properties),
  );
}

/** Opens the incident on both phones, once. */
export function openingIncidents(keys: Keys): readonly FuzzedRequest[] {
  return PHONES.map((deviceId) => {
    const incident = {
      incidentId: randomUUID(),
      category: 'application',
      threatType: 'malware',
      severity: 'high',
      detectedDateTime: new Date().toISOString(),
    };
    return toEvents(
      keys,
      deviceId,
      ['device.activated', {}],
      ['device.risk', { riskLevel: 'minimal' }],
      ['incident.opened', incident],
    );
  });
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

/** Whether the incident alone blocks the other phone, by the answer to `watchingRequest`. */
export function isComparable({ status, body }: Seen): boolean {
  if (status !== 200 || !Array.isArray(body)) return false;
  const [, untouched] = body as readonly { readonly decision?: unknown }[];
  return untouched?.decision === 'block' && CAUSED_BY_INCIDENT.test(JSON.stringify(untouched));
}

/** What is wrong with the answer to `watchingRequest`; `undefined` if it is right, or shows nothing. */
export function toWatchProblem(seen: Seen): string | undefined {
  if (!isComparable(seen)) return undefined;
  const [watched] = seen.body as readonly { readonly decision?: unknown }[];
  return watched?.decision === 'allow'
    ? 'a phone with an open incident is allowed after'
    : undefined;
}
