import { createHash } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';

const SCOPE = 'https://management.azure.com/.default';
const TIMEOUT_IN_MILLISECONDS = 300_000;
const FIRST_POLL_IN_MILLISECONDS = 500;
const LAST_POLL_IN_MILLISECONDS = 5000;
const MAX_POLLS = 200;
const MAX_TRIES = 5;
const FIRST_DELAY_IN_MILLISECONDS = 1000;
/** Final states of Kudu; any other state is in progress. */
const SUCCEEDED = 4;
const FAILED: Readonly<Record<number, string>> = {
  [-1]: 'was cancelled',
  3: 'failed',
  5: 'was replaced by another',
  6: 'succeeded only in part',
};

export interface Publishing {
  /** `https://{app}.scm.azurewebsites.net` */
  readonly scm: string;
  readonly credential: TokenCredential;
  readonly fetch: typeof fetch;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly onWait: (reason: string) => void;
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
 * runs it. Safe to repeat.
 * @returns `asItIs` if the app already runs this package.
 * @throws Error with the reason that Kudu gives.
 */
export async function publishPackage(
  publishing: Publishing,
  zip: Uint8Array,
): Promise<'published' | 'asItIs'> {
  const deployer = toDeployer(zip);
  const latest = (await call(publishing, 'GET', '/api/deployments/latest')) as KuduDeployment;
  if (latest.deployer === deployer && latest.status === SUCCEEDED) return 'asItIs';
  const query = new URLSearchParams({ RemoteBuild: 'false', Deployer: deployer });
  const accepted = await call(publishing, 'POST', `/api/publish?${query.toString()}`, zip);
  const id = typeof accepted === 'string' && /^[\w-]{1,100}$/.test(accepted) ? accepted : 'latest';
  for (let polls = 0; polls < MAX_POLLS; polls += 1) {
    await publishing.pause(
      Math.min(LAST_POLL_IN_MILLISECONDS, FIRST_POLL_IN_MILLISECONDS * 2 ** polls),
    );
    const deployment = (await call(publishing, 'GET', `/api/deployments/${id}`)) as KuduDeployment;
    const { status = 0, status_text: text = '' } = deployment;
    if (status === SUCCEEDED) return 'published';
    const failure = FAILED[status];
    if (failure !== undefined) throw new Error(`the package ${failure}: ${text}`);
    publishing.onWait('the app is loading the package');
  }
  throw new Error('the app is still loading the package; run the same command again');
}

/** Kudu's answer as JSON; `{}` if there is no deployment yet. Retries temporary errors. */
async function call(
  { scm, credential, fetch, pause, onWait }: Publishing,
  method: 'GET' | 'POST',
  path: string,
  zip?: Uint8Array,
): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const token = (await credential.getToken(SCOPE))?.token ?? '';
    const response = await fetch(new URL(path, scm), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/zip' },
      signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
      ...(zip === undefined ? {} : { body: Buffer.from(zip) }),
    }).catch((error: unknown) => error as Error);
    if (response instanceof Response && response.ok) return readJson(await response.text());
    if (response instanceof Response && response.status === 404 && method === 'GET') return {};
    const reason =
      response instanceof Response
        ? `answered ${String(response.status)}: ${(await response.text()).slice(0, 500)}`
        : `does not answer: ${response.message}`;
    const isFinal =
      response instanceof Response && response.status < 500 && response.status !== 429;
    if (isFinal || attempt === MAX_TRIES)
      throw new Error(`the deployment endpoint of the app ${reason}`);
    onWait(`the deployment endpoint of the app ${reason}`);
    await pause(FIRST_DELAY_IN_MILLISECONDS * 2 ** (attempt - 1));
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
