import { asJsonObject } from '../../../shared/base/jsonObject.ts';
import { HIDDEN_VALUE } from '../assertExtraSettings.ts';
import { findManaged, isUpToDate } from '../stack/deploymentStack.ts';
import { ask, readValue, type Missing, type Survey } from './survey.ts';

const ENDPOINT = 'CosmosDbConnection__accountEndpoint';
const ALLOWED = '--replace-settings removes what was set by hand';

/**
 * App settings that somebody has set by hand and that the deployment would remove, since a site takes its settings as a
 * whole. Settings are named without their values, some of which are secret.
 */
export async function findLostSettings(survey: Survey): Promise<readonly Missing[]> {
  const { options } = survey.run;
  const isWritten = options.force || !isUpToDate(survey.stack, survey.deployment);
  if (options['replace-settings'] || !isWritten) return [];
  const settings = await readLiveSettings(survey);
  if (settings === undefined) return [];
  return [...findRemoved(survey, settings), ...findMovedDatabase(survey, settings)];
}

async function readLiveSettings(
  survey: Survey,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { stack, run } = survey;
  const app = findManaged(stack, 'Microsoft.Web/sites');
  if (app === undefined) return undefined;
  const path = `${run.scope}/providers/Microsoft.Web/sites/${app}/config/appsettings/list?api-version=2024-04-01`;
  const answer = await ask(survey, path, 'POST');
  return answer && asJsonObject(answer['properties']);
}

/** A setting that only the last `extraSettings` has is dropped on purpose: unless they are named again, they stay. */
function findRemoved(survey: Survey, live: Readonly<Record<string, unknown>>): readonly Missing[] {
  const { metadata } = survey.deployment.template;
  if (metadata?.appSettings === undefined) return [];
  const extra = asJsonObject(readValue(survey, "[parameters('extraSettings')]")) ?? {};
  const dropped = asJsonObject(survey.stack?.parameters['extraSettings']?.value) ?? {};
  const names = [...metadata.appSettings, ...Object.keys(extra), ...Object.keys(dropped)];
  // App Service compares the names of settings without case.
  const known = new Set(names.map((name) => name.toLowerCase()));
  const removed = Object.keys(live).filter((name) => !known.has(name.toLowerCase()));
  if (removed.length === 0) return [];
  const all = [...Object.keys(extra), ...removed]
    .map((name) => `"${name}":"${HIDDEN_VALUE}"`)
    .join(',');
  const what = `the app's settings ${removed.join(', ')} in the template, which would remove them`;
  return [{ what, mend: `--parameters extraSettings='{${all}}' keeps them, ${ALLOWED}` }];
}

/** A restored database that only the app's settings name. The template would point the app back at the old one. */
function findMovedDatabase(
  survey: Survey,
  live: Readonly<Record<string, unknown>>,
): readonly Missing[] {
  const endpoint = URL.parse(String(live[ENDPOINT]));
  const used = endpoint?.hostname.split('.')[0];
  const asked = readValue(survey, "[parameters('databaseAccount')]");
  const deployed = survey.stack?.outputs['databaseAccountName'];
  if (used === undefined || deployed === undefined || used === deployed || used === asked)
    return [];
  const what = `the database account \`${used}\`, which the app uses and the template does not`;
  return [{ what, mend: `--parameters databaseAccount=${used} keeps it, ${ALLOWED}` }];
}
