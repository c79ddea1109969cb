import type { RemediationStepsCode } from '../../domain/access/remediation.ts';
import type { ReasonCode } from '../../domain/vocabulary/reason.ts';
import type { Defence } from '../../domain/vocabulary/threat.ts';

/** What to do, as it is said to a user. */
export interface Instructions {
  readonly title: string;
  readonly steps: readonly string[];
}

/** Everything that is said to a user, in one language. A language is one file of this shape, named in `languages.ts`. */
export interface Texts {
  /** The BCP 47 tag by which moments are written. */
  readonly locale: string;
  /** What has to be done. */
  readonly remediation: Readonly<Record<RemediationStepsCode, Instructions>>;
  /** Why, by the code of the reason; what has no entry is for administrators. */
  readonly reasons: Readonly<Partial<Record<ReasonCode, string>>>;
  /** What was found, by the type of the threat. */
  readonly threats: Readonly<Record<string, string>>;
  /** What was found where its type is not known. */
  readonly threatOf: Readonly<Record<Defence, string>>;
  /** What is guarded; `companyApp` is followed by the app's name. */
  readonly resources: Readonly<
    Record<'exchangeOnline' | 'sharePointOnline' | 'oneDrive' | 'wifi' | 'companyApp', string>
  >;
  /** The page that a blocked user lands on: a heading and a sentence for each state, then its labels. */
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
    /** Where no reason has a sentence. */
    readonly whyUnknown: string;
    readonly whatToDo: string;
    readonly nothingToDo: string;
    readonly checkAgain: string;
    readonly checkedAt: string;
    readonly reference: string;
  };
}
