import type { ArmReply } from './armReply.ts';
import { GROUP, type RoutedRequest, type Route } from './armRequest.ts';
import { begin } from './deployResources.ts';
import { findMissingRole } from './rules/resourceRules.ts';
import { toChanges } from './toChanges.ts';
import { toPlan, type Plan, type SentDeployment } from './template.ts';

export const RETRY_AT_ONCE = { 'retry-after': '0' };
const DEPLOYMENTS = `${GROUP}/providers/Microsoft\\.Resources/deployments/(?<name>[^/]+)`;
/** The first version with `validationLevel` (Azure/azure-rest-api-specs, Microsoft.Resources/stable/2024-11-01). */
const FIRST_WITH_LEVEL = '2024-11-01';

/** Validation and what-if of a template. */
export const DEPLOYMENT_ROUTES: readonly Route[] = [
  {
    path: `${DEPLOYMENTS}/validate`,
    action: 'Microsoft.Resources/deployments/validate/action',
    answer: answerValidate,
  },
  {
    path: `${DEPLOYMENTS}/whatIf`,
    action: 'Microsoft.Resources/deployments/whatIf/action',
    answer: answerWhatIf,
  },
];

function answerValidate(request: RoutedRequest): ArmReply {
  const read = readValidated(request);
  return 'error' in read
    ? { status: 400, body: read }
    : { status: 200, body: { properties: { provisioningState: 'Succeeded' } } };
}

function answerWhatIf(request: RoutedRequest): ArmReply {
  const { state, url } = request;
  const read = readValidated(request);
  if ('error' in read) return { status: 400, body: read };
  const changes = toChanges(state.resources, read.resources);
  const id = begin(
    state,
    () => 'Succeeded',
    () => ({ status: 'Succeeded', properties: { changes } }),
  );
  const location = new URL(`/operationresults/${id}?api-version=2024-11-01`, url).href;
  return { status: 202, headers: { ...RETRY_AT_ONCE, location } };
}

/**
 * Both ask for the right to write each resource, unless the validation level is `ProviderNoRbac`
 * (Azure/arm-template-whatif#135; Azure/bicep#2918 and #8792).
 */
function readValidated(request: RoutedRequest): Plan | { readonly error: object } {
  const { state, url, body } = request;
  const read = readPlan(request, body);
  if ('error' in read) return read;
  const { properties } = body as { readonly properties: { readonly validationLevel?: string } };
  const hasLevel = (url.searchParams.get('api-version') ?? '') >= FIRST_WITH_LEVEL;
  if (hasLevel && properties.validationLevel === 'ProviderNoRbac') return read;
  const refused = read.resources.flatMap((resource) => {
    const refusal = findMissingRole({ resource, state });
    return refusal === undefined
      ? []
      : [
          `Authorization failed for template resource '${resource.name}' of type '${resource.type}'. ${refusal.message}`,
        ];
  });
  if (refused.length === 0) return read;
  const message = `Deployment failed with multiple errors: '${refused.join(':')}'`;
  return { error: { code: 'InvalidTemplateDeployment', message } };
}

/** The plan of the deployment in a request's body, or Azure's error. */
export function readPlan(
  { scope, state }: Pick<RoutedRequest, 'scope' | 'state'>,
  body: object,
): Plan | { readonly error: object } {
  const { properties } = body as { readonly properties: SentDeployment };
  const { location = '' } = state.groups.get(scope.toLowerCase()) ?? {};
  try {
    return toPlan({ scope, location }, properties);
  } catch (error) {
    const message = `Deployment template validation failed: '${(error as Error).message}'`;
    return { error: { code: 'InvalidTemplate', message } };
  }
}
