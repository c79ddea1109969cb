import { isJsonObject, type JsonObject } from '../../../shared/base/jsonObject.ts';
import { badRequest } from './cosmosError.ts';

/** Parses `text` as JSON. @throws CosmosError 400 naming the `subject`. */
export function parseJson(text: string, subject: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badRequest(`${subject} is not JSON`);
  }
}

/** Parses `text` as a JSON object. @throws CosmosError 400 naming the `subject`. */
export function parseJsonObject(text: string, subject: string): JsonObject {
  const value = parseJson(text, subject);
  if (!isJsonObject(value)) throw badRequest(`${subject} must be a JSON object`);
  return value;
}
