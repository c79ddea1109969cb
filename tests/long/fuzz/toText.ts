import type { FuzzedRequest } from './exchange.ts';

/** A request as text that can be sent again. */
export function toText({ method, path, headers, body }: FuzzedRequest): string {
  const { authorization: _, ...shown } = headers;
  return `${method} ${path}\n${JSON.stringify(shown)}\n${body?.toString('latin1').slice(0, 2000) ?? ''}`;
}
