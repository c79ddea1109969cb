import { isAllowed } from './access.ts';
import { readPlan, RETRY_AT_ONCE } from './answerDeployments.ts';
import { toErrorReply, type ArmReply } from './armReply.ts';
import { GROUP, type RoutedRequest, type Route } from './armRequest.ts';
import { begin, deployResources } from './deployResources.ts';
import type { SentDeployment } from './template.ts';

const STACK = 'Microsoft.Resources/deploymentStacks';

/** Deployment stacks (learn.microsoft.com/azure/azure-resource-manager/bicep/deployment-stacks). */
export const STACK_ROUTES: readonly Route[] = [
  {
    path: `${GROUP}/providers/Microsoft\\.Resources/deploymentStacks/(?<name>[^/]+)`,
    action: { GET: `${STACK}/read`, PUT: `${STACK}/write`, DELETE: `${STACK}/delete` },
    answer: answerStack,
  },
];

function answerStack(request: RoutedRequest): ArmReply {
  if (request.method === 'GET') return readStack(request);
  const state = request.state.stacks.get(stackKey(request))?.provisioningState;
  if (state === 'deploying' || state === 'deleting') {
    const message = 'The stack is being changed.';
    return toErrorReply(409, 'DeploymentStackInNonTerminalState', message);
  }
  return request.method === 'DELETE' ? deleteStack(request) : deployStack(request);
}

function stackKey({ scope, name }: RoutedRequest): string {
  return `${scope}/${name}`;
}

/** A stack has no template in its answer; `exportTemplate` has. */
function readStack(request: RoutedRequest): ArmReply {
  const { name, state, outputs } = request;
  state.stackReads += 1;
  const stack = state.stacks.get(stackKey(request));
  if (stack === undefined)
    return toErrorReply(404, 'DeploymentStackNotFound', 'There is no such stack.');
  const { provisioningState, error, tags, managed } = stack;
  const { template: _template, ...sent } = stack.body;
  const resources = [...managed].map((id) => ({ id, status: 'managed' }));
  const properties = { ...sent, provisioningState, error, resources };
  if (provisioningState !== 'succeeded') return { status: 200, body: { name, tags, properties } };
  const values = Object.entries({ ...stack.outputs, ...outputs() }).map(([output, value]) => [
    output,
    { type: 'String', value },
  ]);
  const withOutputs = { ...properties, outputs: Object.fromEntries(values) as object };
  return { status: 200, body: { name, tags, properties: withOutputs } };
}

function deleteStack(request: RoutedRequest): ArmReply {
  const { state, url } = request;
  const key = stackKey(request);
  const stack = state.stacks.get(key);
  if (stack === undefined) return { status: 204 };
  stack.provisioningState = 'deleting';
  const id = begin(
    state,
    () => {
      state.stacks.delete(key);
      state.resources.clear();
      state.apps.clear();
      return 'Succeeded';
    },
    () => ({}),
  );
  const location = operationUrl(url, 'operationresults', id);
  return { status: 202, headers: { ...RETRY_AT_ONCE, location } };
}

function deployStack(request: RoutedRequest): ArmReply {
  const { scope, name, body, state, url } = request;
  const { tags = {}, properties } = body as {
    readonly tags?: Readonly<Record<string, string>>;
    readonly properties: SentDeployment & { readonly denySettings: { readonly mode: string } };
  };
  if (isDenialRefused(request, properties.denySettings.mode))
    return toErrorReply(
      403,
      'DeploymentStackActionForbidden',
      `The client does not have permission to perform action '${STACK}/manageDenySetting/action' on the stack '${name}'.`,
    );
  const plan = readPlan(request, body);
  if ('error' in plan) return { status: 400, body: plan };
  state.stackWrites += 1;
  const known = state.stacks.get(stackKey(request));
  const stack = {
    ...properties,
    tags,
    body: { ...properties },
    provisioningState: 'deploying' as const,
    outputs: {},
    managed: new Set(known?.managed),
  };
  state.stacks.set(stackKey(request), stack);
  const id = deployResources(state, stack, { scope, plan });
  const operation = { 'azure-asyncoperation': operationUrl(url, 'operations', id) };
  return {
    status: 201,
    headers: { ...RETRY_AT_ONCE, ...operation },
    body: { name, tags, properties: { provisioningState: 'deploying' } },
  };
}

/** Contributor does not have the action (learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged). */
function isDenialRefused({ scope, state }: RoutedRequest, mode: string): boolean {
  const isDenying = mode !== 'none';
  return isDenying && !isAllowed(state.assignments, `${STACK}/manageDenySetting/action`, scope);
}

function operationUrl(url: URL, kind: string, id: string): string {
  return new URL(`/${kind}/${id}?api-version=2024-03-01`, url).href;
}
