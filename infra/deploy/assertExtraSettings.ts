import { asJsonObject } from '../../shared/base/jsonObject.ts';
import { REFUSED_SETTINGS } from '../azure/refusedSettings.ts';
import { SECRET_SETTINGS } from '../azure/secretSettings.ts';
import { UsageError } from '../cli/command.ts';
import type { ParameterValues, Template } from './template.ts';

/** What the preflight prints in the place of a value that it does not show. */
export const HIDDEN_VALUE = '…';
const CONNECTIONS = [
  'AzureWebJobsStorage',
  'DecisionsStorage',
  'ServiceBusConnection',
  'CosmosDbConnection',
];

interface Setting {
  readonly name: string;
  readonly value: string;
  /** The names of the other extra settings. */
  readonly others: readonly string[];
  /** The names of the settings that the template sets. */
  readonly own: readonly string[];
}

/** Returns what is wrong with a setting, and what is allowed. */
type Rule = (setting: Setting) => string | undefined;

/** App Service compares the names of settings without case. */
const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const RULES: readonly Rule[] = [
  // The app runs on Linux, where a setting is an environment variable.
  ({ name }) =>
    /^[A-Za-z]\w*$/.test(name)
      ? undefined
      : 'is no name of a setting: letters, digits and `_` are allowed, with a letter first',
  ({ name, others }) => {
    const twin = others.find((each) => isSame(each, name));
    return twin && `is there as \`${twin}\` too: name each setting once, in one case`;
  },
  // A plain value would lie in the template's parameters, which every reader of the stack sees.
  ({ name }) => {
    const [, secret] =
      Object.entries(SECRET_SETTINGS).find(([setting]) => isSame(setting, name)) ?? [];
    return secret && `comes from the vault: write it with --secret ${secret}=FILE`;
  },
  ({ name, own }) => {
    const twin = own.find((each) => each !== name && isSame(each, name));
    return twin && `is the setting \`${twin}\` of the template: use its name as it is`;
  },
  ({ name }) =>
    REFUSED_SETTINGS.test(name) ? 'is refused by Flex Consumption: leave it out' : undefined,
  // A plain value contains a key, and replaces the identity.
  ({ name }) => {
    const connection = CONNECTIONS.find((each) => isSame(each, name));
    return (
      connection &&
      `would replace the identity of that connection by a key: only \`${connection}__…\` is allowed`
    );
  },
  ({ value }) =>
    value === HIDDEN_VALUE
      ? `has the value \`${HIDDEN_VALUE}\`: write the setting's own value in its place`
      : undefined,
];

/** @throws UsageError naming each setting of `extraSettings` that Azure or the app would not take. */
export function assertExtraSettings(
  { metadata }: Pick<Template, 'metadata'>,
  { extraSettings }: ParameterValues,
): void {
  const settings = Object.entries(asJsonObject(extraSettings?.value) ?? {});
  const names = settings.map(([name]) => name);
  const own = metadata?.appSettings ?? [];
  const problems = settings.flatMap(([name, value]) => {
    const others = names.filter((each) => each !== name);
    const problem = findProblem({ name, value: String(value), others, own });
    return problem === undefined ? [] : [`the setting \`${name}\` in \`extraSettings\` ${problem}`];
  });
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}

/** The first problem of a setting. */
function findProblem(setting: Setting): string | undefined {
  for (const rule of RULES) {
    const problem = rule(setting);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
