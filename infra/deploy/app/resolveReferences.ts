import type { DeployRun } from '../deployRun.ts';

const API_VERSION = '2022-03-01';
const POLL_INTERVAL_IN_MILLISECONDS = 5000;
/** Five minutes: a new role of the app's identity needs as long to be known everywhere. */
const MAX_POLLS = 60;

/** A reference of an app setting to a secret (learn.microsoft.com/rest/api/appservice, `ApiKVReference`). */
interface Reference {
  readonly name: string;
  readonly properties: { readonly status?: string; readonly details?: string };
}

/**
 * Waits until the app has read each secret. The app resolves its references when it is made, before the secrets exist, and
 * keeps the failure for up to a day; a restart does not change that (Azure/azure-functions-host#8269 and #11188). So they
 * are refreshed: after secrets were written, and if one is unresolved.
 * @throws Error with the details of each reference that stays unresolved.
 */
export async function resolveReferences(
  run: DeployRun,
  app: string,
  { areSecretsNew }: { readonly areSecretsNew: boolean },
): Promise<void> {
  const { arm, io, note, scope } = run;
  const path = `${scope}/providers/Microsoft.Web/sites/${app}/config/configreferences/appsettings`;
  const query = `?api-version=${API_VERSION}`;
  const find = async (): Promise<readonly Reference[]> => {
    const { value = [] } = (await arm.run('GET', `${path}${query}`)) ?? {};
    return (value as readonly Reference[]).filter(
      ({ properties }) => properties.status !== 'Resolved',
    );
  };
  if (!areSecretsNew && (await find()).length === 0) return;
  await arm.run('POST', `${path}/refresh${query}`);
  let unresolved: readonly Reference[] = [];
  for (let polls = 0; polls < MAX_POLLS; polls += 1) {
    unresolved = await find();
    if (unresolved.length === 0) return;
    if (polls === 0) note('the app is reading its secrets');
    await io.pause(POLL_INTERVAL_IN_MILLISECONDS);
  }
  throw new Error(toText(unresolved));
}

function toText(unresolved: readonly Reference[]): string {
  const lines = unresolved.map(
    ({ name, properties: { status = 'unknown', details = '' } }) =>
      `  ${name}: ${status} ${details}`,
  );
  return [
    'the app cannot read its secrets',
    ...lines,
    'mend it, then run the same command again',
  ].join('\n');
}
