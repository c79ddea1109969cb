import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { toResourceId } from '../toResourceId.ts';

interface Place {
  /** `/subscriptions/…/resourceGroups/…` */
  readonly scope: string;
  readonly location: string;
}

type TemplateFunction = (given: readonly unknown[], place: Place) => unknown;
type Members = Readonly<Record<string, unknown>>;
type Lambda = (value: unknown) => unknown;

/** The template functions that our templates use, and their near relatives; any other is refused by name. */
export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  and: (given) => given.every(Boolean),
  coalesce: (given) => given.find((each) => each !== undefined && each !== null),
  concat: (given) => (given.every(Array.isArray) ? given.flat() : given.map(String).join('')),
  contains: ([whole, part]) =>
    Array.isArray(whole) || typeof whole === 'string'
      ? whole.includes(part as string)
      : Object.hasOwn(whole as object, String(part)),
  createArray: (given) => given,
  createObject: (given) => Object.fromEntries(toPairs(given)),
  empty: ([value]) => isEmpty(value),
  equals: ([a, b]) =>
    typeof a === 'string' && typeof b === 'string'
      ? a.toLowerCase() === b.toLowerCase()
      : isDeepStrictEqual(a, b),
  extensionResourceId: ([scope, type, ...names]) =>
    toResourceId(String(scope), String(type), names.map(String)),
  false: () => false,
  filter: ([items, lambda]) => (items as readonly unknown[]).filter(lambda as Lambda),
  first: ([value]) => (value as string | readonly unknown[]).at(0),
  format: ([text, ...values]) =>
    String(text).replaceAll(/\{(\d+)\}/g, (_, at: string) => String(values[Number(at)])),
  guid: (given) => toGuid(given.map(String).join('-')),
  items: ([value]) =>
    Object.entries(value as Members)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => ({ key, value: each })),
  last: ([value]) => (value as string | readonly unknown[]).at(-1),
  length: ([value]) =>
    typeof value === 'string' || Array.isArray(value)
      ? value.length
      : Object.keys(value as object).length,
  map: ([items, lambda]) => (items as readonly unknown[]).map((each) => (lambda as Lambda)(each)),
  not: ([value]) => value !== true,
  null: () => null,
  or: (given) => given.some(Boolean),
  resourceGroup: (_, { scope, location }) => ({
    id: scope,
    name: scope.split('/').at(-1),
    location,
  }),
  resourceId: ([type, ...names], { scope }) => toResourceId(scope, String(type), names.map(String)),
  split: ([text, separator]) => String(text).split(String(separator)),
  string: ([value]) => (typeof value === 'string' ? value : JSON.stringify(value)),
  subscription: (_, { scope }) => {
    const subscriptionId = scope.split('/')[2] ?? '';
    return { id: `/subscriptions/${subscriptionId}`, subscriptionId, tenantId: toGuid('tenant') };
  },
  subscriptionResourceId: ([type, ...names], { scope }) =>
    toResourceId(scope.split('/').slice(0, 3).join('/'), String(type), names.map(String)),
  toLower: ([text]) => String(text).toLowerCase(),
  toUpper: ([text]) => String(text).toUpperCase(),
  true: () => true,
  union: (given) =>
    given.every(Array.isArray)
      ? [...new Set(given.flat())]
      : (Object.assign({}, ...(given as readonly Members[])) as Members),
  // Azure's hash is its own. This one is as long, has the same letters, and depends on the same values.
  uniqueString: (given) =>
    BigInt(`0x${hashOf(given.map(String).join('-'))}`)
      .toString(32)
      .slice(0, 13),
};

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function toPairs(given: readonly unknown[]): readonly (readonly [string, unknown])[] {
  return given.flatMap((name, at) =>
    at % 2 === 0 ? [[String(name), given[at + 1]] as const] : [],
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The same id for the same text. */
export function toGuid(text: string): string {
  return hashOf(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
