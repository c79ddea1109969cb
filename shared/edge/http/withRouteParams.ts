import type { HttpRequest } from './http.ts';

/**
 * The request with the parameters of its route alone, read from its URL. The list of the host cannot be trusted while the
 * app streams: it also holds the query, and the properties of a JSON body, so `?deviceId=x` would name a device in a list
 * (azure-webjobs-sdk-extensions, `HttpTriggerAttributeBindingProvider.GetRequestBindingDataAsync`).
 */
export function withRouteParams(
  { method, url, headers, query, body }: HttpRequest,
  route: string,
): HttpRequest {
  return { method, url, headers, query, body, params: readRouteParams(route, url) };
}

function readRouteParams(route: string, url: string): Readonly<Record<string, string>> {
  const parts = toSegments(new URL(url).pathname);
  const params: Record<string, string> = {};
  for (const [at, segment] of toSegments(route).entries()) {
    const [, star, name] = /^\{(\*?)(\w+)/.exec(segment) ?? [];
    if (name === undefined || at >= parts.length) continue;
    const values = star === '*' ? parts.slice(at) : parts.slice(at, at + 1);
    params[name] = values.map(decode).join('/');
  }
  return params;
}

function toSegments(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** A segment that is no percent-encoded UTF-8 stays as it is, as in Kestrel (`UrlDecoder.DecodeInPlace`). */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
