import { NO_CEILING, NO_LIMIT, NOT_REPORTED, UNREADABLE } from './flatFacts.ts';
import { DEFENCES } from '../../../shared/domain/vocabulary/threat.ts';

/** A fact by name, or a value. */
export type Operand = { readonly fact: string } | string | number | boolean;

/** A condition, independent of the engines' languages. */
export type Condition =
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  | {
      readonly op: '==' | '<' | '>';
      readonly left: { readonly fact: string };
      readonly right: Operand;
    };

/** A reason and its condition. */
export interface Statement {
  readonly code: string;
  readonly when: Condition;
}

const fact = (name: string): { readonly fact: string } => ({ fact: name });
const and = (...of: readonly Condition[]): Condition => ({ op: 'and', of });
const or = (...of: readonly Condition[]): Condition => ({ op: 'or', of });
const not = (of: Condition): Condition => ({ op: 'not', of });
const is = (name: string, right: Operand = true): Condition => ({
  op: '==',
  left: fact(name),
  right,
});
const below = (name: string, right: Operand): Condition => ({ op: '<', left: fact(name), right });
const above = (name: string, right: Operand): Condition => ({ op: '>', left: fact(name), right });

const isTooOldForPartner = and(not(is('os', UNREADABLE)), below('os', fact('supportedOs')));
const isPartnerIgnored = or(
  is('isReadOnly'),
  is('isDisabled'),
  isTooOldForPartner,
  is('isPartnerLate'),
);
const asksLevel = not(is('level', NO_CEILING));
const asksDefence = or(...DEFENCES.map((defence) => not(is(`${defence}Ceiling`, NO_CEILING))));
const asksThreat = or(asksLevel, asksDefence);
const asksPatch = not(is('minimumPatch', NO_LIMIT));
const asksPartner = or(
  asksThreat,
  is('asksJailbreak'),
  is('asksPasscode'),
  is('asksEncryption'),
  asksPatch,
);
const missesPartner = and(is('blocksOnMissing'), asksPartner);
const isUnknown = and(not(isPartnerIgnored), is('blocksOnMissing'));
const isUnassessed = (health: string): Condition =>
  and(asksThreat, not(is('isOwed')), isUnknown, is('health', health));

/** The rules of `COMPLIANCE_RULES`, as an administrator would write them for a rule engine. */
export const STATEMENTS: readonly Statement[] = [
  { code: 'settingInError', when: and(is('blocksUnsupported'), is('os', UNREADABLE)) },
  { code: 'osVersionUnsupported', when: and(is('blocksUnsupported'), isTooOldForPartner) },
  { code: 'connectorReadOnly', when: and(missesPartner, is('isReadOnly')) },
  {
    code: 'connectorDisabledForPlatform',
    when: and(missesPartner, not(is('isReadOnly')), is('isDisabled')),
  },
  {
    code: 'osVersionUnsupported',
    when: and(missesPartner, not(is('isReadOnly')), not(is('isDisabled')), isTooOldForPartner),
  },
  {
    code: 'partnerUnresponsive',
    when: and(
      missesPartner,
      not(is('isReadOnly')),
      not(is('isDisabled')),
      not(isTooOldForPartner),
      is('isPartnerLate'),
    ),
  },
  { code: 'deviceCompromised', when: and(asksThreat, is('health', 'compromised')) },
  { code: 'threatLevelAboveCeiling', when: and(asksLevel, above('threat', fact('level'))) },
  { code: 'appDeactivated', when: and(asksThreat, is('isOwed'), is('health', 'deactivated')) },
  {
    code: 'assessmentPending',
    when: and(asksThreat, is('isOwed'), not(is('health', 'deactivated'))),
  },
  { code: 'appMisconfigured', when: isUnassessed('misconfigured') },
  { code: 'appDeactivated', when: isUnassessed('deactivated') },
  { code: 'noPartnerData', when: isUnassessed('unknown') },
  { code: 'settingNotReported', when: and(asksDefence, not(is('namesDefences')), isUnknown) },
  {
    code: 'defenceLevelAboveCeiling',
    when: and(
      asksDefence,
      is('namesDefences'),
      or(...DEFENCES.map((defence) => above(defence, fact(`${defence}Ceiling`)))),
    ),
  },
  { code: 'deviceJailbroken', when: and(is('asksJailbreak'), is('jailbreak', 'bad')) },
  {
    code: 'settingNotReported',
    when: and(is('asksJailbreak'), is('jailbreak', 'unknown'), isUnknown),
  },
  { code: 'passcodeMissing', when: and(is('asksPasscode'), is('passcode', 'bad')) },
  {
    code: 'settingNotReported',
    when: and(is('asksPasscode'), is('passcode', 'unknown'), isUnknown),
  },
  { code: 'storageNotEncrypted', when: and(is('asksEncryption'), is('encryption', 'bad')) },
  {
    code: 'settingNotReported',
    when: and(is('asksEncryption'), is('encryption', 'unknown'), isUnknown),
  },
  { code: 'settingNotReported', when: and(asksPatch, is('patch', NOT_REPORTED), isUnknown) },
  {
    code: 'securityPatchLevelTooOld',
    when: and(asksPatch, not(is('patch', NOT_REPORTED)), below('patch', fact('minimumPatch'))),
  },
  {
    code: 'settingNotReported',
    when: and(
      asksPatch,
      not(below('patch', fact('minimumPatch'))),
      not(is('isPatchCurrent')),
      isUnknown,
    ),
  },
  {
    code: 'settingInError',
    when: and(
      is('os', UNREADABLE),
      or(not(is('minimumOs', NO_LIMIT)), not(is('maximumOs', NO_LIMIT))),
    ),
  },
  {
    code: 'osVersionTooOld',
    when: and(
      not(is('minimumOs', NO_LIMIT)),
      not(is('os', UNREADABLE)),
      below('os', fact('minimumOs')),
    ),
  },
  {
    code: 'osVersionTooNew',
    when: and(
      not(is('maximumOs', NO_LIMIT)),
      not(is('os', UNREADABLE)),
      above('os', fact('maximumOs')),
    ),
  },
];
