import { begin, deploy, readDeployment, type ArmState, type SentDeployment } from './armState.ts';
import type { ArmReply } from './startArmServer.ts';
import { toChanges } from './whatIf.ts';

const AT_ONCE = { 'retry-after': '0' };

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly body: object;
  readonly state: ArmState;
  readonly outputs: () => Readonly<Record<string, string>>;
  /** Of the path, as the route names them. */
  readonly scope: string;
  readonly name: string;
}

type Answer = (asked: Asked) => ArmReply;

const GROUP = '/subscriptions/[^/]+/resourcegroups/[^/]+';
const ROUTES: readonly (readonly [RegExp, Answer])[] = [
  [new RegExp(`^(?<scope>${GROUP})$`, 'i'), answerGroup],
  [
    new RegExp(
      `^(?<scope>${GROUP})/providers/Microsoft\\.Resources/deployments/(?<name>[^/]+)/validate$`,
      'i',
    ),
    answerValidate,
  ],
  [
    new RegExp(
      `^(?<scope>${GROUP})/providers/Microsoft\\.Resources/deployments/(?<name>[^/]+)/whatIf$`,
      'i',
    ),
    answerWhatIf,
  ],
  [
    new RegExp(
      `^(?<scope>${GROUP})/providers/Microsoft\\.Resources/deploymentStacks/(?<name>[^/]+)$`,
      'i',
    ),
    answerStack,
  ],
  [
    new RegExp(`^(?<scope>${GROUP})/providers/Microsoft\\.Web/sites/(?<name>[^/]+)$`, 'i'),
    answerSite,
  ],
  [/^\/operations\/(?<name>[^/]+)$/, answerOperation],
  [/^\/operationresults\/(?<name>[^/]+)$/, answerOperationResult],
];

/** One request to Azure Resource Manager. */
export function answerArm(
  method: string,
  url: URL,
  body: object,
  state: ArmState,
  outputs: Asked['outputs'],
): ArmReply {
  if (!url.searchParams.has('api-version'))
    return refuse(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter is required.',
    );
  for (const [pattern, answer] of ROUTES) {
    const { scope = '', name = '' } = pattern.exec(url.pathname)?.groups ?? {};
    if (pattern.test(url.pathname))
      return answer({ method, url, body, state, outputs, scope, name });
  }
  return refuse(404, 'NotFound', `there is no ${url.pathname}`);
}

function refuse(status: number, code: string, message: string): ArmReply {
  return { status, body: { error: { code, message } } };
}

function answerGroup({ method, scope, body, state }: Asked): ArmReply {
  if (method === 'PUT') state.groups.set(scope, body);
  const found = state.groups.get(scope);
  return found === undefined
    ? refuse(404, 'ResourceGroupNotFound', 'Resource group could not be found.')
    : { status: method === 'PUT' ? 201 : 200, body: { id: scope, ...found } };
}

function answerValidate({ scope, body }: Asked): ArmReply {
  const read = readDeployment(scope, deploymentOf(body));
  return 'error' in read
    ? { status: 400, body: { error: read.error } }
    : { status: 200, body: { properties: { provisioningState: 'Succeeded' } } };
}

function answerWhatIf({ scope, body, state, url }: Asked): ArmReply {
  const read = readDeployment(scope, deploymentOf(body));
  if ('error' in read) return { status: 400, body: { error: read.error } };
  const changes = toChanges(state.resources, read.resources);
  const id = begin(
    state,
    () => 'Succeeded',
    () => ({ status: 'Succeeded', properties: { changes } }),
  );
  const location = new URL(`/operationresults/${id}?api-version=2024-11-01`, url).href;
  return { status: 202, headers: { ...AT_ONCE, location } };
}

function answerStack(asked: Asked): ArmReply {
  const { method, scope, name, body, state, url, outputs } = asked;
  const key = `${scope}/${name}`;
  const found = state.stacks.get(key);
  if (method === 'GET') {
    state.stackReads += 1;
    if (found === undefined)
      return refuse(404, 'DeploymentStackNotFound', 'There is no such stack.');
    const { provisioningState, error, body: sent } = found;
    const values = Object.entries(outputs()).map(([each, value]) => [
      each,
      { type: 'String', value },
    ]);
    const ended =
      provisioningState === 'succeeded' ? { outputs: Object.fromEntries(values) as object } : {};
    return {
      status: 200,
      body: { name, properties: { ...sent, provisioningState, error, ...ended } },
    };
  }
  if (found?.provisioningState === 'deploying' || found?.provisioningState === 'deleting')
    return refuse(409, 'DeploymentStackInNonTerminalState', 'The stack is being changed.');
  if (method === 'DELETE') {
    if (found === undefined) return { status: 204 };
    found.provisioningState = 'deleting';
    const id = begin(
      state,
      () => {
        state.stacks.delete(key);
        state.resources.clear();
        return 'Succeeded';
      },
      () => ({}),
    );
    return {
      status: 202,
      headers: { ...AT_ONCE, location: operationUrl(url, 'operationresults', id) },
    };
  }
  const sent = deploymentOf(body);
  const read = readDeployment(scope, sent);
  if ('error' in read) return { status: 400, body: { error: read.error } };
  const { properties } = body as { readonly properties: Readonly<Record<string, unknown>> };
  const stack = { ...sent, body: properties, provisioningState: 'deploying' as const };
  state.stacks.set(key, stack);
  const id = deploy(state, stack, read.resources);
  const headers = { ...AT_ONCE, 'azure-asyncoperation': operationUrl(url, 'operations', id) };
  return { status: 201, headers, body: { name, properties: { provisioningState: 'deploying' } } };
}

function operationUrl(url: URL, kind: string, id: string): string {
  return new URL(`/${kind}/${id}?api-version=2024-03-01`, url).href;
}

function answerSite({ state, name, outputs }: Asked): ArmReply {
  const isThere = [...state.resources.keys()].some((id) => id.includes('/Microsoft.Web/sites/'));
  if (!isThere || outputs()['functionAppName'] !== name)
    return refuse(404, 'ResourceNotFound', 'There is no such app.');
  const enabledHostNames = [`${name}.azurewebsites.net`, `${name}.scm.azurewebsites.net`];
  return { status: 200, body: { name, properties: { state: 'Running', enabledHostNames } } };
}

function answerOperation({ state, name }: Asked): ArmReply {
  const operation = state.operations.get(name);
  if (operation === undefined) return refuse(404, 'NotFound', 'There is no such operation.');
  if (operation.status === 'Running') operation.status = operation.step();
  const { status, result } = operation;
  return {
    status: 200,
    headers: AT_ONCE,
    body: { status, ...(status === 'Failed' ? result() : {}) },
  };
}

function answerOperationResult({ state, name, url }: Asked): ArmReply {
  const operation = state.operations.get(name);
  if (operation === undefined) return refuse(404, 'NotFound', 'There is no such operation.');
  if (operation.status !== 'Running') return { status: 200, body: operation.result() };
  operation.status = operation.step();
  return { status: 202, headers: { ...AT_ONCE, location: url.href } };
}

function deploymentOf(body: object): SentDeployment {
  const { properties } = body as { readonly properties: SentDeployment };
  return properties;
}
