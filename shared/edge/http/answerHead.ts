import type { HttpReply, HttpRequest } from './http.ts';

/**
 * The request as its `GET`, so no handler can answer `HEAD` differently: RFC 9110 section 9.3.2 wants the same headers,
 * and roles are chosen by the method.
 */
export function asGet(request: HttpRequest): HttpRequest {
  const { url, headers, params, query } = request;
  return { method: 'GET', url, headers, params, query, body: null };
}

/** The reply without its body, but with the type and the length of it (RFC 9110 section 8.6). */
export function withoutBody({ status, headers = {}, jsonBody, body }: HttpReply): HttpReply {
  const text = jsonBody === undefined ? body : JSON.stringify(jsonBody);
  if (text === undefined) return { status, headers };
  const type = jsonBody === undefined ? {} : { 'content-type': 'application/json' };
  const length = String(Buffer.byteLength(text));
  return { status, headers: { ...type, ...headers, 'content-length': length } };
}
