import { isJsonObject, type JsonObject } from '../jsonObject.ts';
import { badRequest } from './cosmosError.ts';

/** Parses `text` as JSON. @throws CosmosError 400 naming `what`. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badRequest(`${what} is not JSON`);
  }
}

/** Parses `text` as a JSON object. @throws CosmosError 400 naming `what`. */
export function parseJsonObject(text: string, what: string): JsonObject {
  const value = parseJson(text, what);
  if (!isJsonObject(value)) throw badRequest(`${what} must be a JSON object`);
  return value;
}
