import type { Threat } from '../../domain/threats/assessRisk.ts';
import type { Reason } from '../../domain/vocabulary/reason.ts';
import type { Texts } from '../texts/texts.ts';

/**
 * The reasons in the user's words: one sentence for each cause, without repeats. A threat gets the sentence of its
 * type. The messages and policy names in reasons are for administrators and are not shown.
 */
export function toSentences(
  reasons: readonly Reason[],
  threats: readonly Threat[],
  { reasons: byCode, threats: byType, threatOf }: Texts,
): readonly string[] {
  const sentences = reasons.flatMap((reason) => {
    const threat = threats.find((each) => each.reason === reason);
    if (threat === undefined) return byCode[reason.code] ?? [];
    const { threatType, defence } = threat;
    // The sender chooses the type, so it may be the name of an inherited property, such as `constructor`.
    return (
      (Object.hasOwn(byType, threatType) ? byType[threatType] : undefined) ?? threatOf[defence]
    );
  });
  return [...new Set(sentences)];
}
