import { APP_ROUTES } from './answerApps.ts';
import { DATABASE_ROUTES } from './answerDatabases.ts';
import { DEPLOYMENT_ROUTES, RETRY_AT_ONCE } from './answerDeployments.ts';
import { STACK_ROUTES } from './answerStacks.ts';
import { SUBSCRIPTION_ROUTES } from './answerSubscription.ts';
import { VAULT_ROUTES } from './answerVault.ts';
import { toErrorReply, type ArmReply } from './armReply.ts';
import { answerRoute, type ArmRequest, type RoutedRequest, type Route } from './armRequest.ts';

const ROUTES: readonly Route[] = [
  ...DEPLOYMENT_ROUTES,
  ...STACK_ROUTES,
  ...APP_ROUTES,
  ...VAULT_ROUTES,
  ...DATABASE_ROUTES,
  ...SUBSCRIPTION_ROUTES,
  { path: '/operations/(?<name>[^/]+)', answer: answerOperation },
  { path: '/operationresults/(?<name>[^/]+)', answer: answerOperationResult },
];

/** Answers one request to Azure Resource Manager. */
export function answerArm(request: ArmRequest): ArmReply {
  const { searchParams, pathname } = request.url;
  if (!searchParams.has('api-version')) {
    const message = 'The api-version query parameter is required.';
    return toErrorReply(400, 'MissingApiVersionParameter', message);
  }
  const reply = answerRoute(ROUTES, request);
  return reply ?? toErrorReply(404, 'NotFound', `there is no resource at ${pathname}`);
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
