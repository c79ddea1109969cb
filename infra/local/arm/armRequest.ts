import { isAllowed } from './access.ts';
import { toForbiddenReply, type ArmReply } from './armReply.ts';
import type { ArmState } from './armState.ts';

/** A request to Azure Resource Manager, with the server's state. */
export interface ArmRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: object;
  readonly state: ArmState;
  /** Outputs that replace those of the template, such as addresses of a local system. */
  readonly outputs: () => Readonly<Record<string, string>>;
}

/** A request with the named groups of its route's pattern. */
export interface RoutedRequest extends ArmRequest {
  /** `/subscriptions/…`, and mostly `/resourceGroups/…`. */
  readonly scope: string;
  readonly name: string;
  /** The last part of a path with two names. */
  readonly part: string;
}

type Answer = (request: RoutedRequest) => ArmReply;

/** The part of a path that names a resource group, and the one that names a subscription. */
export const GROUP = '(?<scope>/subscriptions/[^/]+/resourcegroups/[^/]+)';
export const SUBSCRIPTION = '(?<scope>/subscriptions/[^/]+)';

/** The pattern of a path, the action that a role must allow for it, by method, and its answer. */
export interface Route {
  readonly path: string;
  /** `undefined` if everybody may. */
  readonly action?: Readonly<Record<string, string>> | string;
  readonly answer: Answer;
}

/** Answers a request to one of the routes; `undefined` if it belongs to none. */
export function answerRoute(routes: readonly Route[], request: ArmRequest): ArmReply | undefined {
  for (const { path, action, answer } of routes) {
    const match = new RegExp(`^${path}$`, 'i').exec(request.url.pathname);
    if (match === null) continue;
    const { scope = '', name = '', part = '' } = match.groups ?? {};
    const needed = typeof action === 'string' ? action : action?.[request.method];
    const isRefused = needed !== undefined && !isAllowed(request.state.assignments, needed, scope);
    return isRefused
      ? toForbiddenReply(needed, scope)
      : answer({
          ...request,
          scope: decodeURIComponent(scope),
          name: decodeURIComponent(name),
          part,
        });
  }
  return undefined;
}
