import { Type, type TSchema } from 'typebox';
import type { Operation, Parameter } from './operation.ts';

export const CONFIGURATION_READ_ROLES = [
  'Configuration.Read.All',
  'Configuration.ReadWrite.All',
] as const;
export const CONFIGURATION_WRITE_ROLES = ['Configuration.ReadWrite.All'] as const;

/** The query options of a list that has pages. */
export const PAGING: readonly Parameter[] = [
  {
    name: '$top',
    in: 'query',
    description: 'The most entries on a page, 1 to 999',
    schema: Type.Integer({ minimum: 1, maximum: 999 }),
    example: 10,
  },
  {
    name: '$skiptoken',
    in: 'query',
    description: 'The start of the page, taken from an `@odata.nextLink`',
    schema: Type.String(),
  },
];

/** A parameter in the path, with a value for the example request. */
export function pathParameter(
  name: string,
  description: string,
  example: string,
  schema: TSchema = Type.String(),
): Parameter {
  return { name, in: 'path', description, schema, example };
}

/** A request body in JSON. */
export function jsonBody(schema: TSchema, example: unknown): NonNullable<Operation['request']> {
  return { contentTypes: ['application/json'], schema, example };
}
