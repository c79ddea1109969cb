import { randomUUID } from 'node:crypto';
import type { ArmReply } from './startArmServer.ts';

/** A package as the app has it. */
export interface PublishedPackage {
  readonly id: string;
  readonly deployer: string;
  readonly size: number;
  readonly status: number;
  /** How often it was looked at. */
  looks: number;
}

const RUNNING = 2;
/** A zip begins so. */
const MAGIC = 'PK\u0003\u0004';

/** One deploy, as Flex Consumption has it: a zip goes in, and is done at the second look. */
export function answerKudu(
  method: string,
  url: URL,
  body: Buffer,
  packages: PublishedPackage[],
  status: number,
): ArmReply {
  if (method === 'POST' && url.pathname === '/api/publish') {
    if (body.subarray(0, 4).toString('latin1') !== MAGIC) return { status: 415, body: 'no zip' };
    if (url.searchParams.get('RemoteBuild') !== 'false') return { status: 400, body: 'no build' };
    const deployer = url.searchParams.get('Deployer') ?? '';
    const published = { id: randomUUID(), deployer, size: body.length, status, looks: 0 };
    packages.push(published);
    return { status: 202, body: published.id };
  }
  const id = url.pathname.replace('/api/deployments/', '');
  const found = id === 'latest' ? packages.at(-1) : packages.find((each) => each.id === id);
  if (method !== 'GET' || found === undefined) return { status: 404, body: {} };
  found.looks += 1;
  const isDone = found.looks > 1;
  return {
    status: 200,
    body: {
      id: found.id,
      deployer: found.deployer,
      status: isDone ? found.status : RUNNING,
      status_text: isDone && found.status !== 4 ? 'the host does not start' : '',
      complete: isDone,
    },
  };
}
