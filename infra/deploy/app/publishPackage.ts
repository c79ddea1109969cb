import { createHash } from 'node:crypto';
import type { ServiceOptions } from '../../cli/sendUntilAnswered.ts';

const SCOPE = 'https://management.azure.com/.default';
const TIMEOUT_IN_MILLISECONDS = 300_000;
const FIRST_POLL_IN_MILLISECONDS = 500;
const LAST_POLL_IN_MILLISECONDS = 5000;
const MAX_POLLS = 200;
const FIRST_DELAY_IN_MILLISECONDS = 1000;
const LAST_DELAY_IN_MILLISECONDS = 30_000;
/**
 * A new app has no host name, no identity and no storage for its package for minutes: it answers 401, 403, 404 or 503, or
 * a deployment fails (Azure-Samples/azure-functions-flex-consumption-samples#41; Azure/functions-action#390).
 */
const PATIENCE_IN_MILLISECONDS = 10 * 60 * 1000;
/** Final states of Kudu; any other state is in progress. */
const SUCCEEDED = 4;
const FAILED: Readonly<Record<number, string>> = {
  [-1]: 'was cancelled',
  3: 'failed',
  5: 'was replaced by another',
  6: 'succeeded only in part',
};

export interface Publishing extends Omit<ServiceOptions, 'endpoint'> {
  /** `https://{app}.scm.azurewebsites.net` */
  readonly scm: string;
}

/** A publishing, with the time that is left to wait for a new app. */
interface Patient extends Publishing {
  /** Waits, longer each time. Returns false if there is no time left. */
  readonly wait: (reason: string) => Promise<boolean>;
}

/** The name of a package at the app: part of its SHA-256. */
function toDeployer(zip: Uint8Array): string {
  return `mtd-${createHash('sha256').update(zip).digest('hex').slice(0, 16)}`;
}

interface KuduDeployment {
  readonly id?: string;
  readonly status?: number;
  readonly status_text?: string;
  readonly deployer?: string;
}

/**
 * Uploads the package through One deploy (`/api/publish`), the only way for Flex Consumption, and waits until the app
 * runs it. Safe to repeat. Has ten minutes of patience with a new app.
 * @returns `asItIs` if the app already runs this package.
 * @throws Error with the reason that Kudu gives.
 */
export async function publishPackage(
  publishing: Publishing,
  zip: Uint8Array,
): Promise<'published' | 'asItIs'> {
  const patient = toPatient(publishing);
  const deployer = toDeployer(zip);
  const latest = (await call(patient, 'GET', '/api/deployments/latest')) as KuduDeployment;
  if (latest.deployer === deployer && latest.status === SUCCEEDED) return 'asItIs';
  for (;;) {
    const failure = await publishOnce(patient, deployer, zip);
    if (failure === undefined) return 'published';
    const isNew = /forbidden|storage/i.test(failure);
    if (!isNew || !(await patient.wait(failure))) throw new Error(failure);
  }
}

function toPatient(publishing: Publishing): Patient {
  let left = PATIENCE_IN_MILLISECONDS;
  let delay = FIRST_DELAY_IN_MILLISECONDS;
  return {
    ...publishing,
    async wait(reason) {
      if (left <= 0) return false;
      publishing.onWait(`${reason}, next try in ${String(delay / 1000)} s`);
      await publishing.pause(delay);
      left -= delay;
      delay = Math.min(LAST_DELAY_IN_MILLISECONDS, delay * 2);
      return true;
    },
  };
}

/** Returns why the package failed; `undefined` if the app runs it. */
async function publishOnce(
  patient: Patient,
  deployer: string,
  zip: Uint8Array,
): Promise<string | undefined> {
  const query = new URLSearchParams({ RemoteBuild: 'false', Deployer: deployer });
  const accepted = await call(patient, 'POST', `/api/publish?${query.toString()}`, zip);
  const id = typeof accepted === 'string' && /^[\w-]{1,100}$/.test(accepted) ? accepted : 'latest';
  for (let polls = 0; polls < MAX_POLLS; polls += 1) {
    await patient.pause(
      Math.min(LAST_POLL_IN_MILLISECONDS, FIRST_POLL_IN_MILLISECONDS * 2 ** polls),
    );
    const deployment = (await call(patient, 'GET', `/api/deployments/${id}`)) as KuduDeployment;
    const { status = 0, status_text: text = '' } = deployment;
    if (status === SUCCEEDED) return undefined;
    const failure = FAILED[status];
    if (failure !== undefined) return `the package ${failure}: ${text}`;
    patient.onWait('the app is loading the package');
  }
  throw new Error('the app is still loading the package; run the same command again');
}

/** Kudu's answer as JSON; `{}` if there is no deployment yet. Retries what a new app answers, and temporary errors. */
async function call(
  patient: Patient,
  method: 'GET' | 'POST',
  path: string,
  zip?: Uint8Array,
): Promise<unknown> {
  for (;;) {
    const response = await send(patient, method, path, zip);
    if (response instanceof Response && response.ok) return readJson(await response.text());
    if (response instanceof Response && response.status === 404 && method === 'GET') return {};
    const reason =
      response instanceof Response
        ? `answered ${String(response.status)}: ${(await response.text()).slice(0, 500)}`
        : `does not answer: ${response.message}`;
    const text = `the deployment endpoint of the app ${reason}`;
    if (isFinal(response) || !(await patient.wait(text))) throw new Error(text);
  }
}

async function send(
  { scm, credential, fetch }: Publishing,
  method: 'GET' | 'POST',
  path: string,
  zip: Uint8Array | undefined,
): Promise<Response | Error> {
  const token = (await credential.getToken(SCOPE))?.token ?? '';
  return fetch(new URL(path, scm), {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/zip' },
    signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
    ...(zip === undefined ? {} : { body: Buffer.from(zip) }),
  }).catch((error: unknown) => error as Error);
}

/** What a new app answers, then: another deployment is in progress (409), and too many requests. */
const RETRIED = new Set([401, 403, 404, 409, 429]);

/** An address outside of `deploymentAddressRange` stays outside; App Service marks its refusal with a header. */
function isFinal(response: Response | Error): boolean {
  if (!(response instanceof Response)) return false;
  const isOutside = response.headers.has('x-ms-forbidden-ip');
  return isOutside || (response.status < 500 && !RETRIED.has(response.status));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
