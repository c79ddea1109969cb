/** A schema of typebox, as far as it says what an object may hold. */
export interface Shape {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: unknown;
  readonly patternProperties?: unknown;
  readonly items?: Shape | readonly Shape[];
  readonly anyOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly $ref?: string;
}

/** A value as it is, or a copy without what its shape does not name. */
type Cleaner = (value: unknown) => unknown;

const asItIs: Cleaner = (value) => value;

/**
 * What takes the fields that `shape` does not name out of a value that has that shape; `undefined` where the shape makes
 * a choice among objects, which has to be made first. Made once a shape: this runs for every event. What has nothing to
 * lose is returned as it is, and nothing is ever changed in place.
 */
export function toCleaner(shape: Shape): Cleaner | undefined {
  const { properties, patternProperties, items, anyOf, allOf } = shape;
  if (anyOf !== undefined) return anyOf.every(isPlain) ? asItIs : undefined;
  if (allOf !== undefined || shape.$ref !== undefined || Array.isArray(items)) return undefined;
  if (items !== undefined) return ofArray(items as Shape);
  if (patternProperties !== undefined) return undefined;
  if (properties === undefined) return asItIs;
  if (shape.additionalProperties !== true) return ofObject(properties);
  return Object.keys(properties).length === 0 ? asItIs : undefined;
}

/** It holds nothing that could be one too many. */
function isPlain({ properties, patternProperties, items, anyOf, allOf, $ref }: Shape): boolean {
  return [properties, patternProperties, items, anyOf, allOf, $ref].every(
    (each) => each === undefined,
  );
}

function ofArray(items: Shape): Cleaner | undefined {
  const clean = toCleaner(items);
  if (clean === undefined || clean === asItIs) return clean;
  return (value) => {
    const before = value as readonly unknown[];
    const after = before.map(clean);
    return after.every((each, at) => each === before[at]) ? before : after;
  };
}

function ofObject(properties: Readonly<Record<string, Shape>>): Cleaner | undefined {
  const cleaners = new Map<string, Cleaner>();
  for (const [name, shape] of Object.entries(properties)) {
    const clean = toCleaner(shape);
    if (clean === undefined) return undefined;
    cleaners.set(name, clean);
  }
  const isClean = (object: Readonly<Record<string, unknown>>): boolean => {
    for (const name in object) {
      const clean = cleaners.get(name);
      if (clean === undefined || (clean !== asItIs && clean(object[name]) !== object[name]))
        return false;
    }
    return true;
  };
  return (value) => {
    const before = value as Readonly<Record<string, unknown>>;
    // As a rule there is nothing to take out.
    if (isClean(before)) return before;
    const after: Record<string, unknown> = {};
    for (const name in before) {
      const clean = cleaners.get(name);
      if (clean !== undefined) after[name] = clean === asItIs ? before[name] : clean(before[name]);
    }
    return after;
  };
}
