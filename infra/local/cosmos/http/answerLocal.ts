import { createHash, timingSafeEqual } from 'node:crypto';
import type { Counter } from '../counters.ts';
import { CosmosError, notFound } from '../cosmosError.ts';
import { header, type CosmosReply, type CosmosRequest } from './cosmosRequest.ts';
import { toFaultRule, type Faults } from '../faults.ts';
import { parseJson } from '../json.ts';

interface Local {
  readonly key: string;
  readonly faults: Faults;
  readonly counter: Counter;
}

/**
 * Answers requests for the server itself, from other processes: `POST` and `DELETE /_local/faults` and
 * `GET /_local/counters`, with the account key in the header `x-local-key`. @throws CosmosError 400, 401, 404.
 */
export function answerLocal(request: CosmosRequest, { key, faults, counter }: Local): CosmosReply {
  if (!isSame(header(request, 'x-local-key') ?? '', key)) {
    throw new CosmosError(401, 'header `x-local-key` must be the account key');
  }
  switch (`${request.method} ${request.path[1] ?? ''}`) {
    case 'POST faults':
      faults.add(toFaultRule(parseJson(request.body, 'the fault rule')));
      return { status: 200, body: '{}' };
    case 'DELETE faults':
      faults.clear();
      return { status: 200, body: '{}' };
    case 'GET counters':
      return { status: 200, body: JSON.stringify(counter.read()) };
    default:
      throw notFound();
  }
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
