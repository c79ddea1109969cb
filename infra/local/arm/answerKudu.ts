import { randomUUID } from 'node:crypto';
import type { ArmReply } from './armReply.ts';

/** A package that the app has received. */
export interface PublishedPackage {
  readonly id: string;
  readonly deployer: string;
  readonly size: number;
  /** Kudu's final status of its deployment; 4 is success. */
  readonly status: number;
  /** Kudu's text of a failure. */
  readonly text: string;
  /** How often the deployer has polled its deployment. */
  polls: number;
}

/** A request to Kudu, with the packages of the app. */
export interface KuduRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
  readonly packages: PublishedPackage[];
  /** Kudu's final status and text for a package that is published now. */
  readonly final: Pick<PublishedPackage, 'status' | 'text'>;
}

const RUNNING = 2;
const SUCCESS = 4;
/** The first bytes of a zip file. */
const ZIP_SIGNATURE = 'PK\u0003\u0004';

/** Kudu's One deploy for Flex Consumption: accepts a zip and reports its deployment as complete at the second poll. */
export function answerKudu(request: KuduRequest): ArmReply {
  const { method, url, packages } = request;
  if (method === 'POST' && url.pathname === '/api/publish') return publish(request);
  const id = url.pathname.replace('/api/deployments/', '');
  const found = id === 'latest' ? packages.at(-1) : packages.find((each) => each.id === id);
  if (method !== 'GET' || found === undefined) return { status: 404, body: {} };
  found.polls += 1;
  return { status: 200, body: toDeployment(found) };
}

function publish({ url, body, packages, final }: KuduRequest): ArmReply {
  if (body.subarray(0, ZIP_SIGNATURE.length).toString('latin1') !== ZIP_SIGNATURE)
    return { status: 415, body: 'the package must be a zip file' };
  if (url.searchParams.get('RemoteBuild') !== 'false')
    return { status: 400, body: '`RemoteBuild` must be `false`' };
  const deployer = url.searchParams.get('Deployer') ?? '';
  const id = randomUUID();
  packages.push({ id, deployer, size: body.length, ...final, polls: 0 });
  return { status: 202, body: id };
}

function toDeployment({ id, deployer, status, text, polls }: PublishedPackage): object {
  const isComplete = polls > 1;
  return {
    id,
    deployer,
    status: isComplete ? status : RUNNING,
    status_text: isComplete && status !== SUCCESS ? text : '',
    complete: isComplete,
  };
}
