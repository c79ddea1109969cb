import { withoutNulls } from '../../base/withoutNulls.ts';
import type { HttpRequest } from '../http/http.ts';
import { readJsonObject } from '../http/readBody.ts';

/**
 * The JSON object that a receiver sends about its streams. A field with `null` counts as absent, as receivers that
 * serialise whole classes mean it: the framework has no field in which `null` says anything else (SSF 1.0 section 8.1).
 * @throws ConnectorError `unsupportedMediaType`, `payloadTooLarge`, `invalidRequest`.
 */
export async function readStreamBody(
  request: HttpRequest,
): Promise<Readonly<Record<string, unknown>>> {
  return withoutNulls(await readJsonObject(request)) as Readonly<Record<string, unknown>>;
}
