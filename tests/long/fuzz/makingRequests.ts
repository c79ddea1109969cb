import { randomUUID } from 'node:crypto';
import type { FuzzedRequest } from './exchange.ts';
import { doorOf, sign, type Keys } from './fuzzRequest.ts';
import type { Made } from './made.ts';
import { fillIn, SEEDS, WELL_DEVICE, WELL_MAC_ADDRESS, type Seed } from './seeds.ts';

/** About the newest of a kind. */
const NEWEST = 0.999;

const isDeletion = ({ operation }: Seed): boolean => operation.method === 'delete';
const isCreation = ({ operation }: Seed): boolean => operation.status === 201;

/** Deletions come when everything else has used what they delete; then it is created again for the requests that follow. */
const IN_ORDER = [
  ...SEEDS.filter((seed) => !isDeletion(seed)),
  ...SEEDS.filter(isDeletion),
  ...SEEDS.filter(isCreation),
];

/**
 * The examples as they are, which make what the others ask for; before them what they need: a device that is well, a
 * policy that lets it in, and something to be quarantined. Each is given when the one before was answered.
 */
export function* makingRequests(keys: Keys, made: Made): Generator<FuzzedRequest> {
  const device = { operatingSystem: 'Android', osVersion: '15', wiFiMacAddress: WELL_MAC_ADDRESS };
  yield toRequest(
    keys,
    'PUT',
    `deviceManagement/managedDevices/${WELL_DEVICE}`,
    JSON.stringify(device),
  );
  // Without one that is enforced everybody is kept out.
  const policy = {
    displayName: 'Only devices that are well',
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
  yield toEvents(keys, ['device.activated', {}], ['device.risk', { riskLevel: 'minimal' }]);
  // A different one each time.
  yield toEvents(keys, ['device.risk', { riskLevel: `of ${randomUUID()}` }]);
  yield toRequest(keys, 'GET', 'quarantine?%24top=10');
  for (const seed of IN_ORDER) {
    const { method, path, headers: given, body } = fillIn(seed, keys, made, NEWEST);
    const { operationId, access } = seed.operation;
    const headers =
      access === 'cloudflare' ? { ...given, 'cf-access-jwt-assertion': keys.cloudflare } : given;
    yield { ...toRequest(keys, method, path, body, headers, doorOf(seed, keys)), operationId };
  }
}

/** What there is too much of goes. */
export function deletingRequest(path: string, keys: Keys): FuzzedRequest {
  const token = path.startsWith('ssf/') ? keys.receiver : undefined;
  return toRequest(keys, 'DELETE', path, undefined, {}, token);
}

function toEvents(
  keys: Keys,
  ...events: readonly (readonly [string, Readonly<Record<string, unknown>>])[]
): FuzzedRequest {
  const body = events.map(([type, data]) => ({
    specversion: '1.0',
    id: randomUUID(),
    source: 'https://sep-mobile.example/tenants/contoso',
    type: `sepmobile.${type}`,
    time: new Date().toISOString(),
    data: { deviceId: WELL_DEVICE, ...data },
  }));
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  return toRequest(keys, 'POST', 'webhooks/sep-mobile', JSON.stringify(body), headers);
}

function toRequest(
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
