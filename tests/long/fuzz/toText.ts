import type { FuzzedRequest } from './exchange.ts';

/** A request that somebody can send again. */
export function toText({ method, path, headers, body }: FuzzedRequest): string {
  const { authorization: _, ...shown } = headers;
  return `${method} ${path}\n${JSON.stringify(shown)}\n${body?.toString('latin1').slice(0, 2000) ?? ''}`;
}
