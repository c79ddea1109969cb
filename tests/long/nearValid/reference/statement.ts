/** 0 is no threat, 1 low, 2 medium, 3 high. */
export type Level = 0 | 1 | 2 | 3;
export const DEFENCES = ['physical', 'network', 'application', 'vulnerability'] as const;
export type Defence = (typeof DEFENCES)[number];

/** The kinds of report that can be unreadable. */
export type Kind = Defence | 'event' | 'risk' | 'incident';

/**
 * What one event surely says about the phone. A statement is `certain` if every word of it that matters is known, and its
 * time is too. `isDated` is false if the time of arrival stands for an unusable one.
 */
export type Statement = { readonly at: number } & (
  | { readonly kind: 'activated' | 'deactivated' | 'heartbeat' }
  | {
      readonly kind: 'verdict';
      readonly level: Level;
      readonly isSick: boolean;
      readonly isCertain: boolean;
    }
  | {
      readonly kind: 'incident';
      readonly id: string;
      readonly level: Level;
      readonly defences: readonly Defence[];
      readonly isCertain: boolean;
      readonly isDated: boolean;
    }
  | { readonly kind: 'resolved'; readonly id: string }
  | {
      readonly kind: 'telemetry';
      readonly defence: Defence;
      readonly level: Level;
      readonly isCertain: boolean;
      readonly isDated: boolean;
    }
  | { readonly kind: 'unreadable'; readonly about: Kind }
);
export type Of<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;
