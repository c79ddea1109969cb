import { findLostSettings } from './findLostSettings.ts';
import { findMissingAccess } from './findMissingAccess.ts';
import { findMissingDatabase } from './findMissingDatabase.ts';
import { findMissingRoles } from './findMissingRoles.ts';
import { findMissingSecrets } from './findMissingSecrets.ts';
import { findRegionLimits } from './findRegionLimits.ts';
import { findUnregistered, registerProviders, toMissingProvider } from './registerProviders.ts';
import type { Missing, Survey } from './survey.ts';

/**
 * Asks for everything that a deployment needs, before it makes anything.
 * @throws Error with one list of all that is missing, and the command that mends each.
 */
export async function requireReady(survey: Survey): Promise<void> {
  // First of all, since an expired sign-in is found here, and a new scope needs it.
  const access = await findMissingAccess(survey);
  const roles = await findMissingRoles(survey);
  const providers = await registerProviders(survey);
  const missing = [...roles, ...providers.missing, ...(await findOthers(survey)), ...access];
  if (missing.length === 0) return;
  const { registered } = providers;
  const made = registered.length === 0 ? 'nothing was made' : toMade(registered);
  const lines = [`this is missing; ${made}:`, ...toLines(missing)];
  throw new Error([...lines, 'then run the same command again'].join('\n'));
}

function toMade(registered: readonly string[]): string {
  return `no resource was made, but these providers were registered (${registered.join(', ')})`;
}

/** The same list, without registering a provider. */
export async function listMissing(survey: Survey): Promise<readonly string[]> {
  const { subscription = '' } = survey.run.options;
  const unregistered = await findUnregistered(survey);
  const missing = [
    ...(await findMissingRoles(survey)),
    ...unregistered.map((namespace) => toMissingProvider(subscription, namespace)),
    ...(await findOthers(survey)),
  ];
  return missing.length === 0 ? [] : ['`up` by this identity lacks:', ...toLines(missing)];
}

async function findOthers(survey: Survey): Promise<readonly Missing[]> {
  const found = [
    findRegionLimits(survey),
    findMissingSecrets(survey),
    findMissingDatabase(survey),
    findLostSettings(survey),
  ];
  return (await Promise.all(found)).flat();
}

function toLines(missing: readonly Missing[]): readonly string[] {
  return missing.flatMap(({ what, mend }) => [`  - ${what}`, `      ${mend}`]);
}
