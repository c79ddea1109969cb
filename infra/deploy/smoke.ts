import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Role } from '../../shared/core/ports/tokens.ts';

const TIMEOUT_IN_MILLISECONDS = 30_000;
/** Long enough for a cold start and two queues. */
const WAIT_TIMEOUT_IN_MILLISECONDS = 120_000;
const POLL_INTERVAL_IN_MILLISECONDS = 250;
const RESOURCE = 'companyApp:smoke';
/** Enrols and deletes the test device, and asks for its decisions. */
export const SMOKE_ROLES: readonly Role[] = ['Devices.ReadWrite.All', 'Access.Decide'];

/** A deployed system, reached as its callers reach it. */
export interface SmokeTarget {
  /** `https://{app}.azurewebsites.net` */
  readonly api: string;
  readonly token: () => Promise<string>;
  /** `whsec_…`, the secret that SEP Mobile signs with. */
  readonly webhookSecret: string;
  readonly fetch: typeof fetch;
  readonly onStep: (step: string) => void;
}

/** Milliseconds from the signed event to the changed decision. */
export interface SmokeResult {
  readonly blockedAfterInMilliseconds: number;
  readonly allowedAgainAfterInMilliseconds: number;
}

interface Decision {
  readonly decision?: string;
  readonly reasons?: readonly { readonly code?: string }[];
}

/**
 * Sends a test device through the API: it is enrolled, healthy and allowed, at risk and blocked, healthy and allowed
 * again. The device is deleted at the end, also after an error.
 * @throws Error with the unexpected answer.
 */
export async function smoke(target: SmokeTarget): Promise<SmokeResult> {
  const deviceId = `smoke-${randomUUID()}`;
  const { onStep } = target;
  onStep('wait until the system is ready');
  await untilReady(target);
  try {
    return await playDevice(target, deviceId);
  } finally {
    onStep('delete the device');
    await request(target, 'DELETE', `deviceManagement/managedDevices/${deviceId}`).catch(
      (error: unknown) => {
        onStep(`could not delete \`${deviceId}\`, delete it by hand: ${String(error)}`);
      },
    );
  }
}

function untilReady({ api, fetch }: SmokeTarget): Promise<void> {
  return until('ready', async () => {
    const response = await fetch(new URL('/api/health/ready', api), {
      signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
    }).catch((error: unknown) => error as Error);
    const isReady = response instanceof Response && response.ok;
    return [isReady, response instanceof Response ? String(response.status) : response.message];
  });
}

async function playDevice(target: SmokeTarget, deviceId: string): Promise<SmokeResult> {
  const { onStep } = target;
  onStep('enrol a device');
  await request(target, 'PUT', `deviceManagement/managedDevices/${deviceId}`, {
    operatingSystem: 'Android',
    osVersion: '15',
  });
  onStep('healthy: wait until it is allowed');
  await sendEvents(target, deviceId, 'minimal', true);
  await untilDecided(target, deviceId, 'allow');
  onStep('at risk: wait until it is blocked');
  const blockedAfterInMilliseconds = await timed(async () => {
    await sendEvents(target, deviceId, 'high');
    await untilDecided(target, deviceId, 'block');
  });
  onStep('healthy again: wait until it is allowed');
  const allowedAgainAfterInMilliseconds = await timed(async () => {
    await sendEvents(target, deviceId, 'minimal');
    await untilDecided(target, deviceId, 'allow');
  });
  return { blockedAfterInMilliseconds, allowedAgainAfterInMilliseconds };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return Math.round(performance.now() - began);
}

async function until(
  wanted: string,
  read: () => Promise<readonly [boolean, string]>,
): Promise<void> {
  const began = performance.now();
  for (;;) {
    const [isReached, seen] = await read();
    if (isReached) return;
    if (performance.now() - began > WAIT_TIMEOUT_IN_MILLISECONDS)
      throw new Error(`not ${wanted} after two minutes: ${seen}`);
    await pause(POLL_INTERVAL_IN_MILLISECONDS);
  }
}

function untilDecided(target: SmokeTarget, deviceId: string, wanted: string): Promise<void> {
  return until(`decided as \`${wanted}\``, async () => {
    const { decision = 'nothing', reasons = [] } = (await request(
      target,
      'POST',
      'accessDecisions',
      { device: { deviceId }, resource: RESOURCE },
    )) as Decision;
    const why = reasons.map(({ code = '' }) => code).join(', ');
    return [decision === wanted, `\`${decision}\` ${why}`];
  });
}

/** Sends events like SEP Mobile: CloudEvents, signed as Standard Webhooks. */
async function sendEvents(
  { api, webhookSecret, fetch }: SmokeTarget,
  deviceId: string,
  riskLevel: string,
  isNew = false,
): Promise<void> {
  const now = new Date();
  const body = JSON.stringify([
    ...(isNew ? [toEvent(now, 'activated', { deviceId })] : []),
    toEvent(now, 'risk', { deviceId, riskLevel }),
  ]);
  const response = await fetch(new URL('/api/webhooks/sep-mobile', api), {
    method: 'POST',
    signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
    headers: {
      'content-type': 'application/cloudevents-batch+json',
      ...sign(webhookSecret, now, body),
    },
    body,
  });
  if (!response.ok)
    throw new Error(
      `the webhook answered ${String(response.status)} to a signed event: ${await response.text()}`,
    );
}

function toEvent(now: Date, type: string, data: object): object {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: 'smoke',
    type: `sepmobile.device.${type}`,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    data,
  };
}

/** The headers of Standard Webhooks. */
function sign(secret: string, now: Date, body: string): Readonly<Record<string, string>> {
  const id = `msg_${randomUUID()}`;
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

async function request(
  { api, token, fetch }: SmokeTarget,
  method: string,
  path: string,
  json?: object,
): Promise<unknown> {
  const response = await fetch(new URL(`/api/${path}`, api), {
    method,
    signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${method} ${path} answered ${String(response.status)}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
