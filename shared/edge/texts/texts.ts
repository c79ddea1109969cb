import type { RemediationStepsCode } from '../../domain/access/remediation.ts';
import type { ReasonCode } from '../../domain/vocabulary/reason.ts';
import type { Defence } from '../../domain/vocabulary/threat.ts';

/** Instructions for a user. */
export interface Instructions {
  readonly title: string;
  readonly steps: readonly string[];
}

/** All texts for users in one language. Each language is one file of this shape, listed in `languages.ts`. */
export interface Texts {
  /** The BCP 47 tag that formats dates and times. */
  readonly locale: string;
  /** The steps for the user. */
  readonly remediation: Readonly<Record<RemediationStepsCode, Instructions>>;
  /** Why, by reason code. A reason without an entry is for administrators only. */
  readonly reasons: Readonly<Partial<Record<ReasonCode, string>>>;
  /** The threat found, by its type. */
  readonly threats: Readonly<Record<string, string>>;
  /** The threat found, if its type is unknown. */
  readonly threatOf: Readonly<Record<Defence, string>>;
  /** The protected resource. The app's name follows `companyApp`. */
  readonly resources: Readonly<
    Record<'exchangeOnline' | 'sharePointOnline' | 'oneDrive' | 'wifi' | 'companyApp', string>
  >;
  /** The page for a blocked user: a heading and a sentence for each state, then the labels. */
  readonly page: {
    readonly blockedTitle: string;
    readonly blockedText: string;
    readonly allowedTitle: string;
    readonly allowedText: string;
    /** Allowed until the grace period ends. */
    readonly graceTitle: string;
    readonly graceText: string;
    readonly expiredTitle: string;
    readonly expiredText: string;
    readonly unavailableTitle: string;
    readonly unavailableText: string;
    readonly busyTitle: string;
    readonly busyText: string;
    readonly resource: string;
    readonly device: string;
    readonly graceEnds: string;
    readonly why: string;
    /** If no reason has a sentence. */
    readonly whyUnknown: string;
    readonly whatToDo: string;
    readonly nothingToDo: string;
    readonly checkAgain: string;
    readonly checkedAt: string;
    readonly reference: string;
  };
}
