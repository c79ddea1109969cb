import { randomUUID } from 'node:crypto';
import type { FuzzedRequest } from './exchange.ts';
import { doorOf, sign, type Keys } from './fuzzRequest.ts';
import type { Made } from './made.ts';
import { fillIn, SEEDS, HEALTHY_DEVICE, HEALTHY_MAC_ADDRESS, type Seed } from './seeds.ts';

/** Chooses the newest of a kind. */
const NEWEST = 0.999;

const isDeletion = ({ operation }: Seed): boolean => operation.method === 'delete';
const isCreation = ({ operation }: Seed): boolean => operation.status === 201;

/** Deletions come last, so that everything else works; then the resources are created again for later requests. */
const IN_ORDER = [
  ...SEEDS.filter((seed) => !isDeletion(seed)),
  ...SEEDS.filter(isDeletion),
  ...SEEDS.filter(isCreation),
];

/**
 * The examples unchanged, which create resources for the other requests. Before them come their conditions: a healthy
 * device, a policy that allows it, and a rejected event for the quarantine. Send each after the answer to the previous one.
 */
export function* makingRequests(keys: Keys, made: Made): Generator<FuzzedRequest> {
  const device = {
    operatingSystem: 'Android',
    osVersion: '15',
    wiFiMacAddress: HEALTHY_MAC_ADDRESS,
  };
  yield toRequest(
    keys,
    'PUT',
    `deviceManagement/managedDevices/${HEALTHY_DEVICE}`,
    JSON.stringify(device),
  );
  // Without an enforced policy everybody is blocked.
  const policy = {
    displayName: 'Only healthy devices',
    state: 'enabled',
    conditions: { applications: { includeApplications: ['All'] } },
    grantControls: { operator: 'OR', builtInControls: ['compliantDevice'] },
  };
  yield toRequest(
    keys,
    'POST',
    'identity/conditionalAccess/policies?confirm=true',
    JSON.stringify(policy),
  );
  yield toEvents(
    keys,
    HEALTHY_DEVICE,
    ['device.activated', {}],
    ['device.risk', { riskLevel: 'minimal' }],
  );
  // Another one each time. It names no device, otherwise it would count.
  yield toEvents(keys, '', ['device.risk', { riskLevel: `of ${randomUUID()}` }]);
  const fault = 'deviceManagement/reportFaults/severity.critical?confirm=true';
  yield toRequest(keys, 'PATCH', fault, JSON.stringify({ meaning: 'high' }));
  yield toRequest(keys, 'GET', 'quarantine?%24top=10');
  for (const seed of IN_ORDER) {
    const { operationId, access } = seed.operation;
    // The link of an older decision may be about a phone that is no longer enrolled.
    if (operationId === 'getRemediation') yield toBlockedDecision(keys);
    const { method, path, headers: given, body } = fillIn(seed, keys, made, NEWEST);
    const headers =
      access === 'cloudflare' ? { ...given, 'cf-access-jwt-assertion': keys.cloudflare } : given;
    yield { ...toRequest(keys, method, path, body, headers, doorOf(seed, keys)), operationId };
  }
}

function toBlockedDecision(keys: Keys): FuzzedRequest {
  const asked = { device: { deviceId: 'unknown-phone' }, resource: 'exchangeOnline' };
  return toRequest(keys, 'POST', 'accessDecisions', JSON.stringify(asked));
}

/** Deletes a surplus resource. */
export function deletingRequest(path: string, keys: Keys): FuzzedRequest {
  const token = path.startsWith('ssf/') ? keys.receiver : undefined;
  return toRequest(keys, 'DELETE', path, undefined, {}, token);
}

/** Events about a device, as SEP Mobile sends them. */
export function toEvents(
  keys: Keys,
  deviceId: string,
  ...events: readonly (readonly [string, Readonly<Record<string, unknown>>])[]
): FuzzedRequest {
  const body = events.map(([type, data]) => ({
    specversion: '1.0',
    id: randomUUID(),
    source: 'https://sep-mobile.example/tenants/contoso',
    type: `sepmobile.${type}`,
    time: new Date().toISOString(),
    data: { deviceId, ...data },
  }));
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  return toRequest(keys, 'POST', 'webhooks/sep-mobile', JSON.stringify(body), headers);
}

/** A request with its credential. */
export function toRequest(
  keys: Keys,
  method: string,
  path: string,
  text?: string,
  given: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
  token = keys.tokens[0] ?? '',
): FuzzedRequest {
  const body = text === undefined ? undefined : Buffer.from(text);
  const headers = { ...given, authorization: `Bearer ${token}` };
  if (path.startsWith('webhooks/')) sign(headers, body, keys);
  return { method, path, headers, body };
}
