import { begin, deploy, readDeployment, type ArmState, type SentDeployment } from './armState.ts';
import { toErrorReply, type ArmReply } from './armReply.ts';
import { toChanges } from './toChanges.ts';

const RETRY_AT_ONCE = { 'retry-after': '0' };

/** A request to Azure Resource Manager, with the server's state. */
export interface ArmRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: object;
  readonly state: ArmState;
  /** The outputs of the deployed stack. */
  readonly outputs: () => Readonly<Record<string, string>>;
}

/** A request with the named groups of its route's pattern. */
interface RoutedRequest extends ArmRequest {
  readonly scope: string;
  readonly name: string;
}

type Answer = (request: RoutedRequest) => ArmReply;

const GROUP = '(?<scope>/subscriptions/[^/]+/resourcegroups/[^/]+)';
const DEPLOYMENTS = `${GROUP}/providers/Microsoft\\.Resources/deployments/(?<name>[^/]+)`;
const STACKS = `${GROUP}/providers/Microsoft\\.Resources/deploymentStacks/(?<name>[^/]+)`;
const SITES = `${GROUP}/providers/Microsoft\\.Web/sites/(?<name>[^/]+)`;

const ROUTES: readonly (readonly [RegExp, Answer])[] = [
  [new RegExp(`^${GROUP}$`, 'i'), answerGroup],
  [new RegExp(`^${DEPLOYMENTS}/validate$`, 'i'), answerValidate],
  [new RegExp(`^${DEPLOYMENTS}/whatIf$`, 'i'), answerWhatIf],
  [new RegExp(`^${STACKS}$`, 'i'), answerStack],
  [new RegExp(`^${SITES}$`, 'i'), answerSite],
  [/^\/operations\/(?<name>[^/]+)$/, answerOperation],
  [/^\/operationresults\/(?<name>[^/]+)$/, answerOperationResult],
];

/** Answers one request to Azure Resource Manager. */
export function answerArm(request: ArmRequest): ArmReply {
  const { searchParams, pathname } = request.url;
  if (!searchParams.has('api-version')) {
    const message = 'The api-version query parameter is required.';
    return toErrorReply(400, 'MissingApiVersionParameter', message);
  }
  for (const [pattern, answer] of ROUTES) {
    const match = pattern.exec(pathname);
    if (match === null) continue;
    const { scope = '', name = '' } = match.groups ?? {};
    return answer({ ...request, scope, name });
  }
  return toErrorReply(404, 'NotFound', `there is no resource at ${pathname}`);
}

function answerGroup({ method, scope, body, state }: RoutedRequest): ArmReply {
  if (method === 'PUT') state.groups.set(scope, body);
  const found = state.groups.get(scope);
  return found === undefined
    ? toErrorReply(404, 'ResourceGroupNotFound', 'Resource group could not be found.')
    : { status: method === 'PUT' ? 201 : 200, body: { id: scope, ...found } };
}

function answerValidate({ scope, body }: RoutedRequest): ArmReply {
  const read = readDeployment(scope, deploymentOf(body));
  return 'error' in read
    ? { status: 400, body: { error: read.error } }
    : { status: 200, body: { properties: { provisioningState: 'Succeeded' } } };
}

function answerWhatIf({ scope, body, state, url }: RoutedRequest): ArmReply {
  const read = readDeployment(scope, deploymentOf(body));
  if ('error' in read) return { status: 400, body: { error: read.error } };
  const changes = toChanges(state.resources, read.resources);
  const id = begin(
    state,
    () => 'Succeeded',
    () => ({ status: 'Succeeded', properties: { changes } }),
  );
  const location = new URL(`/operationresults/${id}?api-version=2024-11-01`, url).href;
  return { status: 202, headers: { ...RETRY_AT_ONCE, location } };
}

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

function readStack(request: RoutedRequest): ArmReply {
  const { name, state, outputs } = request;
  state.stackReads += 1;
  const stack = state.stacks.get(stackKey(request));
  if (stack === undefined)
    return toErrorReply(404, 'DeploymentStackNotFound', 'There is no such stack.');
  const { provisioningState, error, body: sent } = stack;
  const properties = { ...sent, provisioningState, error };
  if (provisioningState !== 'succeeded') return { status: 200, body: { name, properties } };
  const values = Object.entries(outputs()).map(([output, value]) => [
    output,
    { type: 'String', value },
  ]);
  const withOutputs = { ...properties, outputs: Object.fromEntries(values) as object };
  return { status: 200, body: { name, properties: withOutputs } };
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
      return 'Succeeded';
    },
    () => ({}),
  );
  const location = operationUrl(url, 'operationresults', id);
  return { status: 202, headers: { ...RETRY_AT_ONCE, location } };
}

function deployStack(request: RoutedRequest): ArmReply {
  const { scope, name, body, state, url } = request;
  const sent = deploymentOf(body);
  const read = readDeployment(scope, sent);
  if ('error' in read) return { status: 400, body: { error: read.error } };
  const { properties } = body as { readonly properties: Readonly<Record<string, unknown>> };
  const stack = { ...sent, body: properties, provisioningState: 'deploying' as const };
  state.stacks.set(stackKey(request), stack);
  const id = deploy(state, stack, read.resources);
  const operation = { 'azure-asyncoperation': operationUrl(url, 'operations', id) };
  return {
    status: 201,
    headers: { ...RETRY_AT_ONCE, ...operation },
    body: { name, properties: { provisioningState: 'deploying' } },
  };
}

function operationUrl(url: URL, kind: string, id: string): string {
  return new URL(`/${kind}/${id}?api-version=2024-03-01`, url).href;
}

function answerSite({ state, name, outputs }: RoutedRequest): ArmReply {
  const isDeployed = [...state.resources.keys()].some((id) => id.includes('/Microsoft.Web/sites/'));
  if (!isDeployed || outputs()['functionAppName'] !== name)
    return toErrorReply(404, 'ResourceNotFound', 'There is no such app.');
  const enabledHostNames = [`${name}.azurewebsites.net`, `${name}.scm.azurewebsites.net`];
  return { status: 200, body: { name, properties: { state: 'Running', enabledHostNames } } };
}

function answerOperation({ state, name }: RoutedRequest): ArmReply {
  const operation = state.operations.get(name);
  if (operation === undefined) return unknownOperation();
  if (operation.status === 'Running') operation.status = operation.step();
  const { status, result } = operation;
  return {
    status: 200,
    headers: RETRY_AT_ONCE,
    body: { status, ...(status === 'Failed' ? result() : {}) },
  };
}

function answerOperationResult({ state, name, url }: RoutedRequest): ArmReply {
  const operation = state.operations.get(name);
  if (operation === undefined) return unknownOperation();
  if (operation.status !== 'Running') return { status: 200, body: operation.result() };
  operation.status = operation.step();
  return { status: 202, headers: { ...RETRY_AT_ONCE, location: url.href } };
}

function unknownOperation(): ArmReply {
  return toErrorReply(404, 'NotFound', 'There is no such operation.');
}

function deploymentOf(body: object): SentDeployment {
  const { properties } = body as { readonly properties: SentDeployment };
  return properties;
}
