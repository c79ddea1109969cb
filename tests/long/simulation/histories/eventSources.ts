import type { Chance } from './chance.ts';
import { ACTIVE_PERIOD, BEGINNING, MINUTE } from './history.ts';

/** SEP Mobile's SIEM export, which is pushed. */
export const SIEM_SOURCE = 'siem';
/** Symantec Endpoint Security's event export, which is pulled. Each object has a property of this name, and no source. */
export const SES_SOURCE = 'constructor';

/** What an operator set for an event source. */
export interface SourceRule {
  readonly id: string;
  readonly isEnabled: boolean;
  /** Whether a device needs an assessment by it. */
  readonly isRequired: boolean;
  /** How long a detection counts that it never ends. */
  readonly lifetimeInHours: number;
}

/** An operator who disables or enables an event source. */
export interface SourceEdit {
  readonly at: number;
  readonly id: string;
  readonly isEnabled: boolean;
}

/** Between the checks of a history, with time for the sweep to see the end. */
const LIFETIMES_IN_HOURS = [36, 120];

/** The sources of a history that is about them. */
export function createSourceRules({ happens, pick }: Chance): readonly SourceRule[] {
  return [SIEM_SOURCE, SES_SOURCE].map((id) => ({
    id,
    isEnabled: happens(0.85),
    isRequired: happens(0.15),
    lifetimeInHours: pick(LIFETIMES_IN_HOURS),
  }));
}

/** Each source is disabled and enabled at most twice; in the end the first one mostly counts. */
export function createSourceEdits({ whole, pick, happens }: Chance): readonly SourceEdit[] {
  return Array.from({ length: whole(3) }, () => ({
    at: BEGINNING + whole(ACTIVE_PERIOD - MINUTE),
    id: pick([SIEM_SOURCE, SES_SOURCE]),
    isEnabled: happens(0.7),
  })).toSorted((a, b) => a.at - b.at);
}

/** The sources as they are after these edits. */
export function rulesAfter(
  rules: readonly SourceRule[],
  edits: readonly SourceEdit[],
): readonly SourceRule[] {
  return rules.map((rule) => {
    const last = edits.findLast(({ id }) => id === rule.id);
    return last === undefined ? rule : { ...rule, isEnabled: last.isEnabled };
  });
}
