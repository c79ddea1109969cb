import { isAllowed, readPermissions } from './readPermissions.ts';
import { ask, type Missing, type Survey } from './survey.ts';

const API_VERSION = '2021-04-01';
const POLL_INTERVAL_IN_MILLISECONDS = 5000;
/** Registration takes minutes. */
const MAX_POLLS = 120;
/** Always registered. */
const BUILT_IN = new Set(['Microsoft.Authorization', 'Microsoft.Resources']);

/** What became of the unregistered resource providers. */
interface Registration {
  readonly registered: readonly string[];
  readonly missing: readonly Missing[];
}

/**
 * Registers the resource providers that the subscription lacks, if the identity may. Azure itself registers only those of
 * a template's types, and not the one that a subnet is delegated to (Azure/terraform-provider-azapi#625).
 * @returns the ones that it has registered, and those that it may not register.
 */
export async function registerProviders(survey: Survey): Promise<Registration> {
  const { run, subscription } = survey;
  const unregistered = await findUnregistered(survey);
  if (unregistered.length === 0) return { registered: [], missing: [] };
  const permissions = await readPermissions(survey, subscription);
  const { true: allowed = [], false: refused = [] } = Object.groupBy(unregistered, (namespace) =>
    String(isAllowed(permissions, `${namespace}/register/action`)),
  );
  for (const namespace of allowed) await register(survey, namespace);
  const missing = refused.map((each) => toMissingProvider(run.options.subscription ?? '', each));
  return { registered: allowed, missing };
}

/** The providers that the subscription lacks. */
export async function findUnregistered(survey: Survey): Promise<readonly string[]> {
  const states = await Promise.all(
    toNamespaces(survey).map(async (name) => [name, await readState(survey, name)] as const),
  );
  return states
    .filter(([, state]) => state !== undefined && state !== 'Registered')
    .map(([name]) => name);
}

export function toMissingProvider(subscription: string, namespace: string): Missing {
  return {
    what: `the resource provider \`${namespace}\``,
    mend: `az provider register --subscription ${subscription} --namespace ${namespace} --wait`,
  };
}

/** The providers of the template's types, and those that its subnets are delegated to. */
function toNamespaces({ resources }: Survey): readonly string[] {
  const delegations = JSON.stringify(resources).match(/"serviceName":"[\w.]+(?=\/)/g) ?? [];
  const delegated = delegations.map((each) => each.replace('"serviceName":"', ''));
  const own = resources.map(({ type }) => type.split('/')[0] ?? '');
  return [...new Set([...own, ...delegated])].filter((name) => !BUILT_IN.has(name)).toSorted();
}

async function readState(survey: Survey, namespace: string): Promise<string | undefined> {
  const path = `${survey.subscription}/providers/${namespace}?api-version=${API_VERSION}`;
  const { registrationState } = (await ask(survey, path)) ?? {};
  return typeof registrationState === 'string' ? registrationState : undefined;
}

async function register(survey: Survey, namespace: string): Promise<void> {
  const { run, subscription } = survey;
  run.note(`registering the resource provider ${namespace}`);
  const path = `${subscription}/providers/${namespace}/register?api-version=${API_VERSION}`;
  await run.arm.run('POST', path);
  for (let polls = 0; polls < MAX_POLLS; polls += 1) {
    if ((await readState(survey, namespace)) === 'Registered') return;
    await run.io.pause(POLL_INTERVAL_IN_MILLISECONDS);
  }
  throw new Error(`${namespace} is still being registered; run the same command again`);
}
