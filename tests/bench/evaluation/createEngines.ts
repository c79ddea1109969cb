import { setFlagsFromString } from 'node:v8';
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { Environment } from '@marcbachmann/cel-js';
import jsonLogic from 'json-logic-js';
import { Engine, type TopLevelCondition, type NestedCondition } from 'json-rules-engine';
import type { FlatFacts } from './flatFacts.ts';
import { STATEMENTS, type Condition, type Operand } from './statements.ts';

// V8 12.4 (Node.js 22) aborts the process when it deoptimises a call into WebAssembly that it had inlined, as in Cedar.
setFlagsFromString('--no-turbo-inline-js-wasm-calls');

/** The reason codes of a case, possibly with duplicates. */
export type Ask = (facts: FlatFacts) => readonly string[] | Promise<readonly string[]>;

/** Each engine in the form that its manual recommends for speed: compiled once, evaluated often. */
export function createEngines(): Readonly<Record<string, Ask>> {
  return {
    'cel-js': createCel(),
    'json-logic-js': createJsonLogic(),
    'json-rules-engine': createJsonRules(),
    'cedar-wasm': createCedar(),
  };
}

function createCel(): Ask {
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  const list = STATEMENTS.map(({ code, when }) => `${toCel(when)} ? "${code}" : ""`);
  const program = environment.parse(`[${list.join(', ')}]`);
  return (facts) => (program(facts) as string[]).filter((code) => code !== '');
}

function toCel(condition: Condition): string {
  switch (condition.op) {
    case 'and':
    case 'or':
      return `(${condition.of.map(toCel).join(condition.op === 'and' ? ' && ' : ' || ')})`;
    case 'not':
      return `!${toCel(condition.of)}`;
    default:
      return `(${condition.left.fact} ${condition.op} ${toCelOperand(condition.right)})`;
  }
}

function toCelOperand(operand: Operand): string {
  if (typeof operand === 'object') return operand.fact;
  return typeof operand === 'number' ? operand.toFixed(1) : JSON.stringify(operand);
}

function createJsonLogic(): Ask {
  const list = STATEMENTS.map(({ code, when }) => ({ if: [toJsonLogic(when), code, ''] }));
  return (facts) =>
    (jsonLogic.apply(list as never, facts) as string[]).filter((code) => code !== '');
}

function toJsonLogic(condition: Condition): object {
  switch (condition.op) {
    case 'and':
    case 'or':
      return { [condition.op]: condition.of.map(toJsonLogic) };
    case 'not':
      return { '!': [toJsonLogic(condition.of)] };
    default: {
      const { left, right } = condition;
      const other = typeof right === 'object' ? { var: right.fact } : right;
      return { [condition.op === '==' ? '===' : condition.op]: [{ var: left.fact }, other] };
    }
  }
}

function createJsonRules(): Ask {
  const engine = new Engine([], { allowUndefinedFacts: false });
  for (const { code, when } of STATEMENTS)
    engine.addRule({ conditions: toTopLevel(when), event: { type: code } });
  return async (facts) => {
    const { events } = await engine.run(facts);
    return events.map(({ type }) => type);
  };
}

function toTopLevel(condition: Condition): TopLevelCondition {
  const nested = toJsonRules(condition);
  return 'fact' in nested ? { all: [nested] } : nested;
}

const OPERATORS = { '==': 'equal', '<': 'lessThan', '>': 'greaterThan' } as const;

function toJsonRules(condition: Condition): NestedCondition {
  switch (condition.op) {
    case 'and':
      return { all: condition.of.map(toJsonRules) };
    case 'or':
      return { any: condition.of.map(toJsonRules) };
    case 'not':
      return { not: toJsonRules(condition.of) };
    default:
      return {
        fact: condition.left.fact,
        operator: OPERATORS[condition.op],
        value: condition.right,
      };
  }
}

const POLICY_SET = 'compliance';

function createCedar(): Ask {
  const policies = STATEMENTS.map(
    ({ when }) => `forbid(principal, action, resource) when { ${toCedar(when)} };`,
  );
  const permit = 'permit(principal, action, resource);';
  const parsed = preparsePolicySet(POLICY_SET, {
    staticPolicies: [permit, ...policies].join('\n'),
  });
  if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed));
  return (facts) => {
    const answer = statefulIsAuthorized({
      principal: { type: 'Device', id: 'it' },
      action: { type: 'Action', id: 'use' },
      resource: { type: 'Resource', id: 'it' },
      context: { ...facts },
      preparsedPolicySetId: POLICY_SET,
      entities: [],
      validateRequest: false,
    });
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
    const { reason } = answer.response.diagnostics;
    // Policies without names are numbered; the first permits.
    return answer.response.decision === 'allow'
      ? []
      : reason.map((id) => STATEMENTS[Number(id.slice('policy'.length)) - 1]?.code ?? id);
  };
}

function toCedar(condition: Condition): string {
  switch (condition.op) {
    case 'and':
    case 'or':
      return `(${condition.of.map(toCedar).join(condition.op === 'and' ? ' && ' : ' || ')})`;
    case 'not':
      return `!${toCedar(condition.of)}`;
    default: {
      const { left, right } = condition;
      const other = typeof right === 'object' ? `context.${right.fact}` : JSON.stringify(right);
      return `(context.${left.fact} ${condition.op} ${other})`;
    }
  }
}
