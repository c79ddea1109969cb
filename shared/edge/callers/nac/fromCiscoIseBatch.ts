import { fromXml } from '../../../base/xml/fromXml.ts';

/**
 * Cisco ISE: the values in the body of a batch query. Each is in a `value` element, as Cisco's API description has it,
 * or in an element named after the criterion, as in Cisco's other requests. Cisco documents no whole body, so the
 * elements may be anywhere.
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
