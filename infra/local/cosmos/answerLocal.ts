import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultRule, Faults } from './faults.ts';
import type { Counters } from './startCosmosServer.ts';

interface Control {
  readonly key: string;
  readonly faults: Faults;
  readonly counters: Counters;
}

/**
 * The local control, for tests in another process: `POST` and `DELETE /_local/faults`, `GET /_local/counters`, each
 * with the account key in `x-local-key`. No part of Cosmos DB.
 */
export function answerLocal(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  body: Buffer,
  { key, faults, counters }: Control,
): void {
  if (request.headers['x-local-key'] !== key) {
    response.writeHead(401).end();
    return;
  }
  const route = `${request.method ?? ''} ${path}`;
  if (route === 'POST /_local/faults') faults.add(JSON.parse(body.toString()) as FaultRule);
  else if (route === 'DELETE /_local/faults') faults.clear();
  else if (route !== 'GET /_local/counters') {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(counters));
}
