/** The parts of a TypeBox schema that name the fields of objects. */
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

/** Returns the value itself, or a copy without unknown fields. */
type Cleaner = (value: unknown) => unknown;

const identity: Cleaner = (value) => value;

/**
 * Creates the function that removes the fields that `shape` does not have from a value of that shape; `undefined` if the
 * shape has a choice among objects. Create it once for each shape, because the function runs for every event. It returns
 * a value without unknown fields itself, and never changes a value in place.
 */
export function toCleaner(shape: Shape): Cleaner | undefined {
  const { properties, patternProperties, items, anyOf, allOf } = shape;
  if (anyOf !== undefined) return anyOf.every(isPlain) ? identity : undefined;
  if (allOf !== undefined || shape.$ref !== undefined || Array.isArray(items)) return undefined;
  if (items !== undefined) return ofArray(items as Shape);
  if (patternProperties !== undefined) return undefined;
  if (properties === undefined) return identity;
  if (shape.additionalProperties !== true) return ofObject(properties);
  return Object.keys(properties).length === 0 ? identity : undefined;
}

/** Whether values of this shape cannot have unknown fields. */
function isPlain({ properties, patternProperties, items, anyOf, allOf, $ref }: Shape): boolean {
  return [properties, patternProperties, items, anyOf, allOf, $ref].every(
    (each) => each === undefined,
  );
}

function ofArray(items: Shape): Cleaner | undefined {
  const clean = toCleaner(items);
  if (clean === undefined || clean === identity) return clean;
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
      if (clean === undefined || (clean !== identity && clean(object[name]) !== object[name]))
        return false;
    }
    return true;
  };
  return (value) => {
    const before = value as Readonly<Record<string, unknown>>;
    // Usually there is nothing to remove.
    if (isClean(before)) return before;
    const after: Record<string, unknown> = {};
    for (const name in before) {
      const clean = cleaners.get(name);
      if (clean !== undefined)
        after[name] = clean === identity ? before[name] : clean(before[name]);
    }
    return after;
  };
}
