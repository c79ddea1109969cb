import { foldGuid } from '../../base/guid.ts';
import type { ConditionalAccessPolicy } from '../../domain/compliance/configuration.ts';

type Conditions = ConditionalAccessPolicy['conditions'];
type Lists = Readonly<Record<string, readonly string[] | undefined>>;

/**
 * The conditions with each name in the spelling in which it is stored: ids of users and groups as GUIDs in lower case,
 * names of users and apps in NFC. Names keep their case, because administrators read them; it decides nothing.
 */
export function withConditionNames(conditions: Conditions): Conditions {
  const { applications, users } = conditions;
  return {
    ...conditions,
    applications: withSpelling(applications),
    ...(users === undefined ? {} : { users: withSpelling(users) }),
  };
}

function withSpelling<T extends object>(lists: T): T {
  return Object.fromEntries(
    Object.entries(lists as Lists).map(([name, values]) => [
      name,
      values && [...new Set(values.map(toStored))],
    ]),
  ) as T;
}

function toStored(name: string): string {
  return foldGuid(name).normalize('NFC');
}
