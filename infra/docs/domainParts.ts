import {
  BUILT_IN_RULES,
  COMPLIANCE_RULES,
} from '../../shared/domain/compliance/complianceRules.ts';
import { DECISION_RULES } from '../../shared/domain/access/decisionRules.ts';
import { THREAT_CATALOGUE } from '../../shared/domain/threats/threatCatalogue.ts';
import { DEFENCES } from '../../shared/domain/vocabulary/threat.ts';
import type { GeneratedPart } from './generatedPart.ts';
import { wrapped } from './wrapped.ts';

const FILE = 'shared/domain/README.md';

const codes = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

interface Rule {
  readonly when: string;
  readonly setting: string;
  readonly codes: readonly string[];
  readonly source: string;
}

function toRule({ when, setting, codes: reasons, source }: Rule): string {
  return [
    wrapped(`- **${when}**`, '  '),
    `  - Setting: ${codes(setting.split(', '))}`,
    `  - Code: ${codes(reasons)}`,
    `  - Source: ${source}`,
  ].join('\n');
}

function toThreats(defence: string): string {
  const threats = THREAT_CATALOGUE.filter((threat) => threat.defence === defence).map((threat) => {
    const { threatType, severity, repairableBy, description, signal } = threat;
    return wrapped(
      `- \`${threatType}\`: ${severity}, ${repairableBy}. ${description}. Shown by: ${signal}.`,
      '  ',
    );
  });
  return [`### Threats of the ${defence} defence`, '', ...threats].join('\n');
}

/** The rules and the threats, in the README of the domain. */
export const DOMAIN_PARTS: readonly GeneratedPart[] = [
  {
    file: FILE,
    name: 'builtInRules',
    toText: () =>
      BUILT_IN_RULES.map(({ reason, ...rule }) => toRule({ ...rule, codes: [reason.code] })).join(
        '\n',
      ),
  },
  {
    file: FILE,
    name: 'complianceRules',
    toText: () => COMPLIANCE_RULES.map(toRule).join('\n'),
  },
  {
    file: FILE,
    name: 'decisionRules',
    toText: () =>
      DECISION_RULES.map(({ when, decision, codes: reasons }, at) =>
        wrapped(`${String(at + 1)}. **${when}**: ${decision}, ${reasons}.`, '   '),
      ).join('\n'),
  },
  {
    file: FILE,
    name: 'threatCatalogue',
    toText: () => DEFENCES.map(toThreats).join('\n\n'),
  },
];
