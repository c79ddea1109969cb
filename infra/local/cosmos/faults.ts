import { badRequest, CosmosError } from './cosmosError.ts';
import type { CosmosReply, Operation } from './http/cosmosRequest.ts';
import { isJsonObject } from './json.ts';

/** What shall go wrong, and for which requests; what a rule leaves out it does not ask for. */
export interface FaultRule {
  readonly operation?: Operation;
  readonly container?: string;
  readonly id?: string;
  /** `lostAnswer` does what was asked and then drops the connection. */
  readonly kind: 'status' | 'delay' | 'lostAnswer';
  readonly status?: 429 | 503;
  readonly retryAfterInMs?: number;
  readonly delayInMs?: number;
  /** How many requests the rule hits; absent for all until it is removed. */
  readonly times?: number;
}

/** A request as rules see it. */
export interface FaultTarget {
  readonly operation: Operation;
  readonly container: string;
  id(): string | undefined;
}

/** The rules in force. */
export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
}

/** Rules, and the one that a request meets. */
export interface FaultRules extends Faults {
  take(target: FaultTarget): FaultRule | undefined;
}

/** Creates an empty set of rules; the first that fits a request hits it. */
export function createFaultRules(): FaultRules {
  let rules: { readonly rule: FaultRule; left: number }[] = [];
  return {
    add: (rule) => void rules.push({ rule, left: rule.times ?? Infinity }),
    clear() {
      rules = [];
    },
    take(target) {
      const found = rules.find(({ rule }) => fits(rule, target));
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left <= 0) rules = rules.filter((entry) => entry !== found);
      return found.rule;
    },
  };
}

function fits(rule: FaultRule, target: FaultTarget): boolean {
  return (
    (rule.operation === undefined || rule.operation === target.operation) &&
    (rule.container === undefined || rule.container === target.container) &&
    (rule.id === undefined || rule.id === target.id())
  );
}

/** The answer of a rule of the kind `status`. */
export function toFaultReply({ status = 503, retryAfterInMs = 0 }: FaultRule): CosmosReply {
  const isThrottled = status === 429;
  const message = isThrottled
    ? 'Request rate is large. More Request Units may be needed, so no changes were made.'
    : 'The service is currently unavailable.';
  return {
    status,
    body: new CosmosError(status, message).toBody(),
    headers: isThrottled
      ? { 'x-ms-retry-after-ms': String(retryAfterInMs), 'x-ms-substatus': '3200' }
      : {},
  };
}

const NUMBERS = new Set<unknown>(['retryAfterInMs', 'delayInMs', 'times']);
const TEXTS = new Set<unknown>(['operation', 'container', 'id']);
const KINDS = new Set<unknown>(['status', 'delay', 'lostAnswer']);

/** The rule in `value`. @throws CosmosError 400 naming what is wrong. */
export function toFaultRule(value: unknown): FaultRule {
  if (!isJsonObject(value)) throw badRequest('a fault rule must be an object');
  for (const [name, given] of Object.entries(value)) {
    const isRight =
      (NUMBERS.has(name) && typeof given === 'number' && given >= 0) ||
      (TEXTS.has(name) && typeof given === 'string') ||
      (name === 'kind' && KINDS.has(given)) ||
      (name === 'status' && (given === 429 || given === 503));
    if (!isRight) throw badRequest(`fault rule member \`${name}\` is not understood`);
  }
  if (value['kind'] === undefined) throw badRequest('a fault rule needs a `kind`');
  return value as unknown as FaultRule;
}
