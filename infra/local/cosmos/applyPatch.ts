import { badRequest, notSupported } from './cosmosError.ts';

export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

type Json = Record<string, unknown> | unknown[];

/** The document after the operations (Cosmos DB "Partial document update"). @throws CosmosError 400. */
export function applyPatch(
  document: Readonly<Record<string, unknown>>,
  operations: readonly PatchOperation[],
): Record<string, unknown> {
  const patched = structuredClone(document) as Record<string, unknown>;
  for (const operation of operations) applyOperation(patched, operation);
  return patched;
}

function applyOperation(
  document: Record<string, unknown>,
  { op, path, value }: PatchOperation,
): void {
  const names = path
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = names.pop();
  if (last === undefined || !path.startsWith('/')) throw badRequest(`\`${path}\` is no path`);
  const parent = names.reduce<Json>((at, name) => {
    const next = Array.isArray(at) ? at[Number(name)] : at[name];
    if (typeof next !== 'object' || next === null) throw badRequest(`\`${path}\` does not exist`);
    return next as Json;
  }, document);
  if (Array.isArray(parent)) patchArray(parent, op, last, value);
  else patchObject(parent, op, last, value);
}

function patchArray(parent: unknown[], op: string, name: string, value: unknown): void {
  const at = name === '-' ? parent.length : Number(name);
  if (!Number.isInteger(at) || at < 0 || at > parent.length)
    throw badRequest(`no element \`${name}\``);
  if (op === 'add') parent.splice(at, 0, value);
  else if (op === 'set' || op === 'replace') parent[at] = value;
  else if (op === 'remove') parent.splice(at, 1);
  else throw notSupported(`patch operation \`${op}\` on an array`);
}

function patchObject(
  parent: Record<string, unknown>,
  op: string,
  name: string,
  value: unknown,
): void {
  const isThere = Object.hasOwn(parent, name);
  switch (op) {
    case 'add':
    case 'set':
      parent[name] = value;
      return;
    case 'replace':
    case 'remove':
      if (!isThere) throw badRequest(`\`${name}\` does not exist`);
      if (op === 'remove') delete parent[name];
      else parent[name] = value;
      return;
    case 'incr': {
      const before = isThere ? parent[name] : 0;
      if (typeof before !== 'number' || typeof value !== 'number')
        throw badRequest(`\`${name}\` is no number`);
      parent[name] = before + value;
      return;
    }
    default:
      throw notSupported(`patch operation \`${op}\``);
  }
}
