import type { RegisteredFunction } from './coreApi.ts';
import { triggerOf } from './invoke.ts';

/** A function with an HTTP trigger, and its route. */
export interface Route {
  readonly registered: RegisteredFunction;
  /** `undefined`: any method. */
  readonly methods: readonly string[] | undefined;
  readonly authLevel: string;
  readonly segments: readonly Segment[];
}

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly isOptional: boolean }
  | { readonly kind: 'rest'; readonly name: string }
  /** `{name:maxlength(0)?}`: an optional parameter that no text fits. */
  | { readonly kind: 'nothing' };

export interface Match {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/** The routes of the functions with HTTP triggers. @throws TypeError naming an unsupported segment of a template. */
export function createRouteTable(
  functions: Iterable<RegisteredFunction>,
  prefix: string,
): readonly Route[] {
  const routes: Route[] = [];
  for (const registered of functions) {
    const [, trigger] = triggerOf(registered);
    if (trigger.type.toLowerCase() !== 'httptrigger') continue;
    const template =
      typeof trigger['route'] === 'string' ? trigger['route'] : registered.metadata.name;
    routes.push({
      registered,
      methods: (trigger['methods'] as string[] | undefined)?.map((method) => method.toUpperCase()),
      authLevel:
        typeof trigger['authLevel'] === 'string' ? trigger['authLevel'].toLowerCase() : 'anonymous',
      segments: splitPath(`${prefix}/${template}`).map(toSegment),
    });
  }
  // Routes with more literal segments first, as in ASP.NET routing.
  return routes.toSorted((a, b) => countLiterals(b) - countLiterals(a));
}

function countLiterals({ segments }: Route): number {
  return segments.filter(({ kind }) => kind === 'literal').length;
}

function splitPath(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function toSegment(text: string): Segment {
  if (/^\{\w+:maxlength\(0\)\?\}$/.test(text)) return { kind: 'nothing' };
  const match = /^\{(\*?)([A-Za-z_][A-Za-z0-9_]*)(\??)\}$/.exec(text);
  if (match === null) {
    if (/[{}]/.test(text))
      throw new TypeError(`route segment \`${text}\` is not supported by the local host`);
    return { kind: 'literal', text: text.toLowerCase() };
  }
  const [, star, name = '', optional] = match;
  return star === '*'
    ? { kind: 'rest', name }
    : { kind: 'parameter', name, isOptional: optional === '?' };
}

/**
 * Finds the route for a method and a path. Ignores the letter case of literals, as ASP.NET does.
 * @throws URIError if the path is not percent-encoded UTF-8.
 */
export function matchRoute(
  table: readonly Route[],
  method: string,
  path: string,
): Match | undefined {
  const parts = splitPath(path).map(decodeURIComponent);
  for (const route of table) {
    // `WebScriptHostHttpRoutesManager`: a trigger that names no methods has no constraint.
    const isRouted = route.methods === undefined || route.methods.includes(method);
    const params = isRouted ? matchSegments(route.segments, parts) : undefined;
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function matchSegments(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [at, segment] of segments.entries()) {
    const part = parts[at];
    if (segment.kind === 'rest') {
      if (at < parts.length) params[segment.name] = parts.slice(at).join('/');
      return params;
    }
    if (segment.kind === 'nothing') {
      if (part !== undefined) return undefined;
    } else if (segment.kind === 'literal') {
      if (part?.toLowerCase() !== segment.text) return undefined;
    } else if (part !== undefined) params[segment.name] = part;
    else if (!segment.isOptional) return undefined;
  }
  return parts.length > segments.length ? undefined : params;
}
