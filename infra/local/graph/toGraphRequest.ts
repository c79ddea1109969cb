import { badRequest, type GraphRequest } from './graphReply.ts';

/** Converts a request to `url`, the part after the version: `/devices/delta?…`. @throws GraphError 400. */
export function toGraphRequest(method: string, url: string, body: unknown): GraphRequest {
  const [path = '', query = ''] = url.split('?', 2);
  try {
    const segments = path.split('/').filter(Boolean).map(decodeURIComponent);
    return { method, path: segments, query: new URLSearchParams(query), body };
  } catch {
    throw badRequest('The path is not a valid URL.');
  }
}
