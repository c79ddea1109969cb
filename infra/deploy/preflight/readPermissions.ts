import { ask, type Survey } from './survey.ts';

const API_VERSION = '2022-04-01';

/** What a role allows (learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group). */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
}

/** The permissions of the signed-in identity at a scope, one a role. */
export async function readPermissions(
  survey: Survey,
  scope: string,
): Promise<readonly Permission[]> {
  const path = `${scope}/providers/Microsoft.Authorization/permissions?api-version=${API_VERSION}`;
  const answer = await ask(survey, path);
  return (answer?.['value'] ?? []) as readonly Permission[];
}

/** Whether one of the roles allows the action. What one role excludes, another may still allow. */
export function isAllowed(permissions: readonly Permission[], action: string): boolean {
  return permissions.some(({ actions, notActions = [] }) => {
    const isGiven = actions.some((pattern) => isCovered(pattern, action));
    return isGiven && !notActions.some((pattern) => isCovered(pattern, action));
  });
}

function isCovered(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}
