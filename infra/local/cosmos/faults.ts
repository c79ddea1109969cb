import { setTimeout as pause } from 'node:timers/promises';

/** What a request does, as far as faults and counters tell requests apart. */
export type Operation = 'read' | 'create' | 'upsert' | 'replace' | 'patch' | 'delete' | 'query';

/** Which requests fail, how, and how often. What is left out fits everything. */
export interface FaultRule {
  readonly operation?: Operation;
  readonly container?: string;
  readonly id?: string;
  /** `status`: refused. `delay`: answered late. `lostAnswer`: done, but the connection breaks before the answer. */
  readonly kind: 'status' | 'delay' | 'lostAnswer';
  readonly status?: 429 | 503;
  readonly retryAfterInMs?: number;
  readonly delayInMs?: number;
  /** Without it the rule stands until it is cleared. */
  readonly times?: number;
}

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** The rule for this request, counted as used; waits out a delay. `undefined` where nothing is to fail. */
  take(about: Pick<FaultRule, 'operation' | 'container' | 'id'>): Promise<FaultRule | undefined>;
}

export function createFaults(): Faults {
  let rules: { readonly rule: FaultRule; left: number }[] = [];
  return {
    add(rule) {
      rules.push({ rule, left: rule.times ?? Infinity });
    },
    clear() {
      rules = [];
    },
    async take(about) {
      const found = rules.find(({ rule }) => fits(rule, about));
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left <= 0) rules = rules.filter((entry) => entry !== found);
      if (found.rule.kind === 'delay') await pause(found.rule.delayInMs ?? 0);
      return found.rule;
    },
  };
}

const ASPECTS = ['operation', 'container', 'id'] as const;

function fits(rule: FaultRule, about: Pick<FaultRule, 'operation' | 'container' | 'id'>): boolean {
  return ASPECTS.every((aspect) => rule[aspect] === undefined || rule[aspect] === about[aspect]);
}
