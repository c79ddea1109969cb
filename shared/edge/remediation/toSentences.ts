import type { Threat } from '../../domain/threats/assessRisk.ts';
import type { Reason } from '../../domain/vocabulary/reason.ts';
import type { Texts } from '../texts/texts.ts';

/**
 * Why, as it is said to a user: a sentence a cause, each once. A threat is told by what it is; messages and names of
 * policies are for administrators.
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
    // A type is any word of the sender's, so it may be one that every object knows.
    return (
      (Object.hasOwn(byType, threatType) ? byType[threatType] : undefined) ?? threatOf[defence]
    );
  });
  return [...new Set(sentences)];
}
