import { fromXml } from '../../../base/xml/fromXml.ts';

/**
 * The values that a batch query names: each in a `value`, as Cisco's API description has it, or in an element named
 * as the criterion, as in its other requests. Cisco shows no whole body, so where they stand does not matter.
 */
export function fromCiscoIseBatch(body: Uint8Array, criterion: string): readonly string[] {
  return valuesIn(fromXml(body), ['value', criterion]);
}

function valuesIn(element: unknown, names: readonly string[]): readonly string[] {
  if (typeof element !== 'object' || element === null) return [];
  return Object.entries(element).flatMap(([name, content]: [string, unknown]) =>
    Array.isArray(content)
      ? content.flatMap((each: unknown) =>
          typeof each === 'string' && names.includes(name) ? [each] : valuesIn(each, names),
        )
      : valuesIn(content, names),
  );
}
