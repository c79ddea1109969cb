import { badRequest, CosmosError } from './cosmosError.ts';
import type { CosmosReply, Operation } from './http/cosmosRequest.ts';
import { isJsonObject } from '../../../shared/base/jsonObject.ts';

/** A fault to inject, and the requests it applies to. An absent property matches every request. */
export interface FaultRule {
  readonly operation?: Operation;
  readonly container?: string;
  readonly id?: string;
  /**
   * `lostAnswer` carries out the request and then drops the connection. `emptyPage` answers a query with an empty page
   * and a continuation, as Cosmos DB may at any time; give it `times`, or the query never ends.
   */
  readonly kind: 'status' | 'delay' | 'lostAnswer' | 'emptyPage';
  readonly status?: 429 | 503;
  readonly retryAfterInMs?: number;
  readonly delayInMs?: number;
  /** How many requests the rule applies to; absent: all until it is removed. */
  readonly times?: number;
}

/** The properties of a request that rules match. */
interface FaultTarget {
  readonly operation: Operation;
  readonly container: string;
  id(): string | undefined;
}

/** The active rules. */
export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
}

/** The active rules, with their matching. */
export interface FaultRules extends Faults {
  /** The rule that applies to a request; uses up one of its times. */
  take(target: FaultTarget): FaultRule | undefined;
}

/** Creates an empty set of rules; the first matching rule applies. */
export function createFaultRules(): FaultRules {
  let rules: { readonly rule: FaultRule; left: number }[] = [];
  return {
    add: (rule) => void rules.push({ rule, left: rule.times ?? Infinity }),
    clear() {
      rules = [];
    },
    take(target) {
      const found = rules.find(({ rule }) => matches(rule, target));
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left <= 0) rules = rules.filter((entry) => entry !== found);
      return found.rule;
    },
  };
}

function matches(rule: FaultRule, target: FaultTarget): boolean {
  return (
    (rule.operation === undefined || rule.operation === target.operation) &&
    (rule.container === undefined || rule.container === target.container) &&
    (rule.id === undefined || rule.id === target.id())
  );
}

/** The reply of a rule of the kind `status`. */
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
const KINDS = new Set<unknown>(['status', 'delay', 'lostAnswer', 'emptyPage']);

/** Reads a rule from `value`. @throws CosmosError 400 naming the invalid property. */
export function toFaultRule(value: unknown): FaultRule {
  if (!isJsonObject(value)) throw badRequest('a fault rule must be an object');
  for (const [name, given] of Object.entries(value)) {
    const isValid =
      (NUMBERS.has(name) && typeof given === 'number' && given >= 0) ||
      (TEXTS.has(name) && typeof given === 'string') ||
      (name === 'kind' && KINDS.has(given)) ||
      (name === 'status' && (given === 429 || given === 503));
    if (!isValid) throw badRequest(`fault rule property \`${name}\` is unknown or invalid`);
  }
  if (value['kind'] === undefined) throw badRequest('a fault rule needs a `kind`');
  return value as unknown as FaultRule;
}
