import { badRequest, notSupported } from '../cosmosError.ts';
import { typeRank, type TypedSql } from '../typedPath.ts';
import { equalSql, inSql } from './compare.ts';

/** The SQL of a function call: a condition, or a value. */
export type FunctionSql = { readonly condition: string } | TypedSql;

/** Creates a constant of the query. */
type ToConstant = (value: unknown) => TypedSql;

type CompileFunction = (
  parameters: readonly [TypedSql, TypedSql],
  toConstant: ToConstant,
) => FunctionSql;

interface KnownFunction {
  readonly arity: 1 | 2;
  readonly compile: CompileFunction;
}

const typeTest = (ranks: string): KnownFunction => ({
  arity: 1,
  compile: ([value]) => ({ condition: `coalesce(${value.rank} ${ranks}, 0)` }),
});

/** A test of two strings; undefined for other types. */
const stringTest = (test: (text: string, part: string) => string): KnownFunction => ({
  arity: 2,
  compile: ([text, part]) => ({
    condition: `CASE WHEN ${text.rank} = 5 AND ${part.rank} = 5 THEN ${test(text.value, part.value)} END`,
  }),
});

const stringValue = (rank: number, compute: (text: string) => string): KnownFunction => ({
  arity: 1,
  compile: ([text]) => ({
    rank: `CASE WHEN ${text.rank} = 5 THEN ${rank} END`,
    value: `CASE WHEN ${text.rank} = 5 THEN ${compute(text.value)} END`,
  }),
});

const FUNCTIONS: Readonly<Record<string, KnownFunction>> = {
  // Without `coalesce`, so that an index can serve them.
  IS_DEFINED: { arity: 1, compile: ([value]) => ({ condition: `(${value.rank} IS NOT NULL)` }) },
  IS_NULL: { arity: 1, compile: ([value]) => ({ condition: `(${value.rank} IS 1)` }) },
  IS_BOOL: typeTest('IN (2, 3)'),
  IS_NUMBER: typeTest('= 4'),
  IS_STRING: typeTest('= 5'),
  IS_ARRAY: typeTest('= 6'),
  IS_OBJECT: typeTest('= 7'),
  IS_PRIMITIVE: typeTest('<= 5'),
  STARTSWITH: {
    arity: 2,
    compile: ([text, part]) => ({ condition: startsWith(text, part) }),
  },
  ENDSWITH: stringTest(
    (text, part) => `(substr(${text}, -length(${part})) = ${part} OR ${part} = '')`,
  ),
  CONTAINS: stringTest((text, part) => `instr(${text}, ${part}) > 0`),
  ARRAY_CONTAINS: { arity: 2, compile: arrayContains },
  ARRAY_LENGTH: {
    arity: 1,
    compile: ([array]) => ({
      rank: `CASE WHEN ${array.rank} = 6 THEN 4 END`,
      value: `CASE WHEN ${array.rank} = 6 THEN json_array_length(${array.value}) END`,
    }),
  },
  LENGTH: stringValue(4, (text) => `length(${text})`),
  LOWER: stringValue(5, (text) => `lower(${text})`),
  UPPER: stringValue(5, (text) => `upper(${text})`),
};

/**
 * Compiles a call of the function `name`. @throws CosmosError 501 for an unknown function, 400 for missing parameters.
 */
export function compileFunction(
  name: string,
  parameters: readonly TypedSql[],
  toConstant: ToConstant,
): FunctionSql {
  const known = FUNCTIONS[name];
  if (known === undefined) throw notSupported(`function \`${name}\``);
  const [first, second = first] = parameters;
  if (first === undefined || second === undefined || parameters.length < known.arity) {
    throw badRequest(`The ${name} function requires ${known.arity} argument(s).`);
  }
  const extra = parameters.slice(known.arity);
  if (extra.length > 1 || extra.some(({ constant }) => constant?.value !== false)) {
    throw notSupported(`function \`${name}\` with ${parameters.length} arguments`);
  }
  return known.compile([first, second], toConstant);
}

/** The last code point. Every text with a prefix sorts before the prefix followed by this. */
const LAST_CODE_POINT = 'char(1114111)';

function startsWith(text: TypedSql, part: TypedSql): string {
  if (typeof part.constant?.value !== 'string') {
    return `CASE WHEN ${text.rank} = 5 AND ${part.rank} = 5 THEN substr(${text.value}, 1, length(${part.value})) = ${part.value} END`;
  }
  const prefix = part.value;
  return `(${text.rank} = 5 AND ${text.value} >= ${prefix} AND ${text.value} < ${prefix} || ${LAST_CODE_POINT})`;
}

function arrayContains(
  [array, value]: readonly [TypedSql, TypedSql],
  toConstant: ToConstant,
): FunctionSql {
  const list = array.constant?.value;
  if (Array.isArray(list)) return { condition: inSql(value, list.map(toConstant)) };
  const isEqual = equalSql({ rank: typeRank('x.type'), value: 'x.value' }, value);
  return {
    condition: `(${array.rank} = 6 AND EXISTS (SELECT 1 FROM json_each(${array.value}) x WHERE ${isEqual}))`,
  };
}
