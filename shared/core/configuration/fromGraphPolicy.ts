import { isJsonObject } from '../../base/jsonObject.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Settings whose empty text, or empty list, asks for nothing. */
const EMPTY_IS_ABSENT = [
  'description',
  'osMinimumVersion',
  'osMaximumVersion',
  'minAndroidSecurityPatchLevel',
  'scheduledActionsForRule',
] as const;

/**
 * A compliance policy as Intune exports it, in the words that are stored here. Graph's `unavailable` is the first value of
 * `deviceThreatProtectionLevel` and sets no level, as `notSet`. `noAction` is a step that does nothing. The kind of an
 * attestation asks for nothing while no attestation is required.
 */
export function fromGraphPolicy(fields: Fields): Fields {
  const absent = EMPTY_IS_ABSENT.filter((name) => isEmpty(fields[name]));
  const {
    securityRequiredAndroidSafetyNetEvaluationType: evaluation,
    deviceThreatProtectionRequiredSecurityLevel: level,
    scheduledActionsForRule: rules,
    ...others
  } = fields;
  return {
    ...others,
    ...(evaluation === undefined || isUnusedEvaluation(fields)
      ? {}
      : { securityRequiredAndroidSafetyNetEvaluationType: evaluation }),
    ...(level === undefined
      ? {}
      : {
          deviceThreatProtectionRequiredSecurityLevel: isUnusedLevel(fields) ? 'notSet' : level,
        }),
    ...(rules === undefined ? {} : { scheduledActionsForRule: withoutNoAction(rules) }),
    ...Object.fromEntries(absent.map((name) => [name, null])),
  };
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}

/** A policy that requires a level must name one. */
function isUnusedLevel(fields: Fields): boolean {
  return (
    fields['deviceThreatProtectionRequiredSecurityLevel'] === 'unavailable' &&
    fields['deviceThreatProtectionEnabled'] !== true
  );
}

function isUnusedEvaluation(fields: Fields): boolean {
  return (
    fields['securityRequiredAndroidSafetyNetEvaluationType'] === 'basic' &&
    fields['securityRequireSafetyNetAttestationBasicIntegrity'] !== true &&
    fields['securityRequireSafetyNetAttestationCertifiedDevice'] !== true
  );
}

function withoutNoAction(rules: unknown): unknown {
  if (!Array.isArray(rules)) return rules;
  return rules.map((rule: unknown) => {
    const steps = isJsonObject(rule) ? rule['scheduledActionConfigurations'] : undefined;
    if (!isJsonObject(rule) || !Array.isArray(steps)) return rule;
    const kept = steps.filter((step) => !(isJsonObject(step) && step['actionType'] === 'noAction'));
    return { ...rule, scheduledActionConfigurations: kept };
  });
}
