import type { TLocalizedValidationError } from 'typebox/error';
import type { Problem } from '../connectorError.ts';
import { mustBeOneOf, mustHaveFormat, mustMatch } from './messages.ts';

/** Errors of these keywords share one message with others at the same place. */
const GROUPED: ReadonlySet<string> = new Set(['const', 'type', 'required']);

/** TypeBox's errors about one value as problems, each once. */
export function explainErrors(found: readonly TLocalizedValidationError[]): readonly Problem[] {
  const [only] = found;
  if (found.length === 1 && only !== undefined && !GROUPED.has(only.keyword))
    return [{ path: only.instancePath, message: toMessage(only) }];
  // `additionalProperties` names the object with an unknown property; `boolean` names the property.
  const errors = found.filter(({ keyword }) => keyword !== 'additionalProperties');
  const relevant = errors
    .filter(({ keyword }) => keyword === 'anyOf')
    .reduce(ofIntendedOption, errors);
  const byPath = Map.groupBy(relevant, ({ instancePath }) => instancePath);
  return [...byPath].flatMap(([path, here]) => toProblems(path, here));
}

/**
 * The errors of the option of a choice that the sender intended: the option whose literals match. If none does, only the
 * literals are wrong. The choice itself is reported only if it has no other error.
 */
function ofIntendedOption(
  errors: TLocalizedValidationError[],
  choice: TLocalizedValidationError,
): TLocalizedValidationError[] {
  const under = `${choice.schemaPath}/anyOf/`;
  const optionOf = (error: TLocalizedValidationError): number | undefined =>
    error.schemaPath.startsWith(under) &&
    `${error.instancePath}/`.startsWith(`${choice.instancePath}/`)
      ? Number.parseInt(error.schemaPath.slice(under.length))
      : undefined;
  const options = errors.filter((error) => optionOf(error) !== undefined);
  if (options.length === 0) return errors;
  const others = new Set(options.filter(isLiteral).map(optionOf));
  const isAnyIntended = options.some((error) => !others.has(optionOf(error)));
  return errors.filter(
    (error) =>
      error !== choice &&
      (optionOf(error) === undefined ||
        (isAnyIntended ? !others.has(optionOf(error)) : isLiteral(error))),
  );
}

function isLiteral({ keyword }: TLocalizedValidationError): boolean {
  return keyword === 'const';
}

/** The problems at one place. */
function toProblems(
  path: string,
  errors: readonly TLocalizedValidationError[],
): readonly Problem[] {
  const literals = errors.flatMap((error) =>
    error.keyword === 'const' ? [error.params.allowedValue] : [],
  );
  const types = errors.flatMap((error) =>
    error.keyword === 'type' ? [error.params.type].flat() : [],
  );
  const missing = errors.flatMap((error) =>
    error.keyword === 'required' ? error.params.requiredProperties : [],
  );
  const others = errors.filter(({ keyword }) => !GROUPED.has(keyword));
  const messages = new Set([
    ...(literals.length > 0 ? [mustBeOneOf(literals)] : []),
    // The allowed values imply the type.
    ...(types.length > 0 && literals.length === 0
      ? [`must be ${[...new Set(types)].join(' or ')}`]
      : []),
    ...others.map(toMessage),
  ]);
  return [
    ...[...messages].map((message) => ({ path, message })),
    ...[...new Set(missing)].map((name) => ({ path: `${path}/${name}`, message: 'is required' })),
  ];
}

function toMessage(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case 'enum':
      return mustBeOneOf(error.params.allowedValues);
    case 'boolean':
      return 'is not known here';
    case 'anyOf':
      return 'has none of the forms that are allowed here';
    case 'pattern':
      return mustMatch(String(error.params.pattern));
    case 'format':
      return mustHaveFormat(error.params.format);
    default:
      return error.message;
  }
}
