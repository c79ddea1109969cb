import type { ArmTemplate } from '../../infra/azure/engine/toArmTemplate.ts';

interface SiteProperties {
  readonly siteConfig: { readonly appSettings: string };
}

/** The app settings that the template itself sets: text, or an expression in brackets. */
export function appSettingsOf({ resources }: ArmTemplate): Readonly<Record<string, string>> {
  const site = Object.values(resources).find(({ type }) => type === 'Microsoft.Web/sites');
  if (site === undefined) throw new TypeError('the template has no site');
  const { appSettings } = (site['properties'] as SiteProperties).siteConfig;
  const [, own = ''] =
    /^\[map\(items\(union\(createObject\((.*)\), parameters\('extraSettings'\)\)\), lambda\('each', createObject\('name', lambdaVariables\('each'\)\.key, 'value', lambdaVariables\('each'\)\.value\)\)\)\]$/.exec(
      appSettings,
    ) ?? [];
  const given = splitArguments(own);
  return Object.fromEntries(
    given.flatMap((name, index) =>
      index % 2 === 0 ? [[toText(name), toText(given[index + 1] ?? '')]] : [],
    ),
  );
}

/** A literal without its quotes; any other expression in brackets. */
function toText(argument: string): string {
  const [, literal] = /^'((?:[^']|'')*)'$/.exec(argument) ?? [];
  return literal === undefined ? `[${argument}]` : literal.replaceAll("''", "'");
}

/** Splits at commas outside of quotes and parentheses. */
function splitArguments(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  let isQuoted = false;
  for (const each of text) {
    if (each === "'") isQuoted = !isQuoted;
    if (!isQuoted && each === '(') depth += 1;
    if (!isQuoted && each === ')') depth -= 1;
    if (each === ',' && !isQuoted && depth === 0) parts.push('');
    else parts[parts.length - 1] += each;
  }
  return parts.map((part) => part.trim());
}
