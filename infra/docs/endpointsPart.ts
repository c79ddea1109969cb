import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Operation } from '../../shared/edge/openApi/operation.ts';
import { OPERATIONS } from '../../shared/edge/openApi/toOpenApi.ts';
import type { GeneratedPart } from './generatedPart.ts';
import { wrapped } from './wrapped.ts';

const FUNCTIONS = resolve(import.meta.dirname, '../../functions');

/** The folders of the HTTP triggers, in the order of the README. */
const FOLDERS = [
  'partner',
  'callers',
  'people',
  'receivers',
  'management/devices',
  'management/configuration',
  'management/eventSources',
  'management/operations',
  'management/eventSources',
  'management/webhooks',
];

/** A file that registers an HTTP trigger. */
interface Trigger {
  /** Below `functions/`. */
  readonly file: string;
  readonly route: string;
  readonly methods: readonly string[];
}

/** The HTTP triggers, as their registrations say. */
function readTriggers(): readonly Trigger[] {
  return globSync('**/*.ts', { cwd: FUNCTIONS })
    .toSorted()
    .flatMap((file) => {
      const source = readFileSync(join(FUNCTIONS, file), 'utf8');
      const route = /\broute: '([^']+)'/.exec(source)?.[1];
      const methods = /\bmethods: \[([^\]]+)\]/.exec(source)?.[1]?.match(/[A-Z]+/g);
      return route === undefined ? [] : [{ file, route, methods: methods ?? [] }];
    });
}

/** A path without the names of its parameters, which differ between a route and its description. */
function toPattern(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, '{}');
}

/** The last parameter of a route may be optional, or stand for the rest of the path. */
function isRouteOf({ route, methods }: Trigger, { method, path }: Operation): boolean {
  const full = path.startsWith('/.well-known/') ? path : `/api${path}`;
  const variants = [route, route.replace(/\/\{(?:\*[^}]*|[^}]*\?)\}$/, '')];
  return (
    methods.includes(method.toUpperCase()) &&
    variants.some((variant) => `/${toPattern(variant)}` === toPattern(full))
  );
}

function triggerOf(operation: Operation, triggers: readonly Trigger[]): Trigger {
  const trigger = triggers.find((each) => isRouteOf(each, operation));
  if (trigger === undefined) throw new Error(`no trigger serves \`${operation.operationId}\``);
  return trigger;
}

const ACCESS = {
  anonymous: 'no credentials',
  signature: 'webhook signature',
  entra: 'token of Entra',
  cloudflare: 'token of Cloudflare Access',
} as const;

function accessTo({ access, orSignature, orSourceSecret }: Operation): string {
  if (typeof access === 'string') return ACCESS[access];
  return [
    ...access.map((role) => `\`${role}\``),
    ...(orSignature === true ? ['webhook signature'] : []),
    ...(orSourceSecret === true ? ['the secret of the source'] : []),
  ].join(' or ');
}

/** Methods with one meaning share a line: Envoy forwards any method. */
function toMethods(operations: readonly Operation[]): readonly string[] {
  const groups = Map.groupBy(
    operations,
    (operation) => `(${accessTo(operation)}): ${operation.summary}.`,
  );
  return [...groups].map(([meaning, group]) => {
    const methods = new Set(group.map(({ method }) => `\`${method.toUpperCase()}\``));
    return wrapped(`  - ${[...methods].join(', ')} ${meaning}`, '    ');
  });
}

function toItem({ file, route }: Trigger, operations: readonly Operation[]): string {
  const link = `- [${basename(file, '.ts')}](${file}): \`/${route}\``;
  return [wrapped(link, '  '), ...toMethods(operations)].join('\n');
}

function toEndpoints(): string {
  const triggers = readTriggers();
  const operations = Map.groupBy(OPERATIONS, (operation) => triggerOf(operation, triggers));
  return FOLDERS.map((folder) => {
    const items = [...operations]
      .filter(([{ file }]) => dirname(file) === folder)
      .map(([trigger, served]) => toItem(trigger, served));
    return [`### ${folder}/`, '', ...items].join('\n');
  }).join('\n\n');
}

/** The endpoints, in the README of the functions. */
export const ENDPOINTS_PART: GeneratedPart = {
  file: 'functions/README.md',
  name: 'endpoints',
  toText: toEndpoints,
};
