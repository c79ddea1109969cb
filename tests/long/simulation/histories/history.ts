import type { Conditions } from './conditions.ts';
import type { SourceEdit, SourceRule } from './eventSources.ts';
import type { Severity, SimulatedEvent } from './simulatedEvent.ts';

export const CEILINGS = ['secured', 'low', 'medium', 'high'] as const;
export type Ceiling = (typeof CEILINGS)[number];

/** An operator's change of the policy. */
export interface PolicyEdit {
  readonly at: number;
  readonly ceiling: Ceiling;
}

export const RESOURCES = ['exchangeOnline', 'sharePointOnline', 'wifi'] as const;

/** Whether somebody may reach a resource, asked while things are under way. */
export interface Question {
  readonly at: number;
  readonly resource: (typeof RESOURCES)[number];
  readonly by: 'deviceId' | 'serialNumber' | 'userPrincipalName';
  readonly value: string;
  /** How the caller writes the value. */
  readonly written: string;
}

/** A vendor that renames a severity for the whole fleet, and what an operator says that the new word means. */
export interface Rename {
  readonly at: number;
  /** Absent: nobody says it. */
  readonly meaning: Severity | 'nothing' | undefined;
}

/** A fleet that falls silent at once: how the silence breaker ends, and whether a sweep runs at all. */
export interface Breaker {
  readonly ending: 'time' | 'confirmation' | 'return';
  readonly isSweepDead: boolean;
}

/** The event sources of a history that is about them, and what operators change. */
export interface Sources {
  readonly rules: readonly SourceRule[];
  readonly edits: readonly SourceEdit[];
}

export interface History {
  readonly seed: number;
  readonly conditions: Conditions;
  /** The partner's last heartbeat before its outage; absent without an outage. */
  readonly lastWord?: number;
  readonly events: readonly SimulatedEvent[];
  readonly edits: readonly PolicyEdit[];
  readonly questions: readonly Question[];
  readonly rename?: Rename;
  readonly breaker?: Breaker;
  readonly sources?: Sources;
}

export const BEGINNING = Date.parse('2026-01-01T12:00:00.000Z');
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
/** The period of all first reports. */
export const ACTIVE_PERIOD = 15 * MINUTE;
