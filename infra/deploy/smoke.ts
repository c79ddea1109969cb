import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const TIMEOUT_IN_MILLISECONDS = 30_000;
/** A cold start, and the queues on the way. */
const PATIENCE_IN_MILLISECONDS = 120_000;
const LOOK_AGAIN_AFTER_IN_MILLISECONDS = 250;
const RESOURCE = 'companyApp:smoke';

/** A system as its users reach it. */
export interface SmokeTarget {
  /** `https://{app}.azurewebsites.net` */
  readonly api: string;
  readonly token: () => Promise<string>;
  /** `whsec_…`, as SEP Mobile has it. */
  readonly webhookSecret: string;
  readonly onStep: (step: string) => void;
}

/** What was seen: from the signed event to the answer that it changed, in milliseconds. */
export interface SmokeResult {
  readonly blockedAfterInMilliseconds: number;
  readonly allowedAgainAfterInMilliseconds: number;
}

interface Decision {
  readonly decision?: string;
  readonly reasons?: readonly { readonly code?: string }[];
}

/**
 * Goes the way of a device through the outer interface: enrolled, found well and let in, threatened and kept out, well and
 * let in again. The device is one of its own, and is gone at the end, however that comes.
 * @throws Error saying what was answered where it is not what it should be.
 */
export async function smoke(target: SmokeTarget): Promise<SmokeResult> {
  const deviceId = `smoke-${randomUUID()}`;
  const { onStep } = target;
  onStep('the system is ready');
  await until('ready', async () => {
    const response = await fetch(new URL('/api/health/ready', target.api), {
      signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
    }).catch((error: unknown) => error as Error);
    const isReady = response instanceof Response && response.ok;
    return [isReady, response instanceof Response ? String(response.status) : response.message];
  });
  try {
    onStep('a device is enrolled');
    await request(target, 'PUT', `deviceManagement/managedDevices/${deviceId}`, {
      operatingSystem: 'Android',
      osVersion: '15',
    });
    onStep('well, it is let in');
    await sendEvents(target, deviceId, 'minimal', true);
    await untilDecided(target, deviceId, 'allow');
    onStep('threatened, it is kept out');
    const blockedAfterInMilliseconds = await timed(async () => {
      await sendEvents(target, deviceId, 'high');
      await untilDecided(target, deviceId, 'block');
    });
    onStep('well again, it is let in again');
    const allowedAgainAfterInMilliseconds = await timed(async () => {
      await sendEvents(target, deviceId, 'minimal');
      await untilDecided(target, deviceId, 'allow');
    });
    return { blockedAfterInMilliseconds, allowedAgainAfterInMilliseconds };
  } finally {
    onStep('the device is taken away');
    await request(target, 'DELETE', `deviceManagement/managedDevices/${deviceId}`).catch(
      (error: unknown) => {
        onStep(`it could not be: delete \`${deviceId}\` by hand (${String(error)})`);
      },
    );
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return Math.round(performance.now() - began);
}

async function until(
  wanted: string,
  look: () => Promise<readonly [boolean, string]>,
): Promise<void> {
  const began = performance.now();
  for (;;) {
    const [isSo, seen] = await look();
    if (isSo) return;
    if (performance.now() - began > PATIENCE_IN_MILLISECONDS)
      throw new Error(`it is not ${wanted} after two minutes: ${seen}`);
    await pause(LOOK_AGAIN_AFTER_IN_MILLISECONDS);
  }
}

function untilDecided(target: SmokeTarget, deviceId: string, wanted: string): Promise<void> {
  return until(`decided with \`${wanted}\``, async () => {
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

/** As SEP Mobile sends them: CloudEvents, signed by Standard Webhooks. */
async function sendEvents(
  target: SmokeTarget,
  deviceId: string,
  riskLevel: string,
  isNew = false,
): Promise<void> {
  const now = new Date();
  const toEvent = (type: string, data: object): object => ({
    specversion: '1.0',
    id: randomUUID(),
    source: 'smoke',
    type: `sepmobile.device.${type}`,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    data: { deviceId, ...data },
  });
  const body = JSON.stringify([
    ...(isNew ? [toEvent('activated', {})] : []),
    toEvent('risk', { riskLevel }),
  ]);
  const id = `msg_${randomUUID()}`;
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(target.webhookSecret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const response = await fetch(new URL('/api/webhooks/sep-mobile', target.api), {
    method: 'POST',
    signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
    headers: {
      'content-type': 'application/cloudevents-batch+json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    body,
  });
  if (!response.ok)
    throw new Error(
      `a signed event was answered ${String(response.status)}: ${await response.text()}`,
    );
}

async function request(
  { api, token }: SmokeTarget,
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
    throw new Error(`${method} ${path} was answered ${String(response.status)}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
