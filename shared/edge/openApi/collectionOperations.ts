import { Type, type TSchema } from 'typebox';
import type { ManagedKind } from '../../core/configuration/managedKind.ts';
import { IdSchema } from '../../core/schemas/commonSchemas.ts';
import { PageOf } from './answerSchemas.ts';
import type { Operation, Parameter } from './operation.ts';
import {
  CONFIGURATION_READ_ROLES,
  CONFIGURATION_WRITE_ROLES,
  jsonBody,
  PAGING,
  pathParameter,
} from './operationParts.ts';

const TAG = 'Configuration';

/** The option that confirms a change which locks everyone out. */
export const CONFIRM: Parameter = {
  name: 'confirm',
  in: 'query',
  description: '`true` to make the change even if it locks everyone out',
  schema: Type.Enum(['true']),
  example: 'true',
};
/** The version that was read. */
export const IF_MATCH: Parameter = {
  name: 'If-Match',
  in: 'header',
  description: 'The `@odata.etag` that was read; 412 if the resource was changed since',
  schema: Type.String(),
};

/** The parameter `id` of a path. */
export function pathId(example: string, description: string): Parameter {
  return pathParameter('id', description, example, IdSchema);
}

/** A document as readers see it: its fields, its id and the version for `If-Match`. */
export function shown(schema: TSchema, others: Readonly<Record<string, TSchema>> = {}): TSchema {
  return Type.Interface([schema as never], {
    id: IdSchema,
    '@odata.etag': Type.String(),
    ...others,
  });
}

/**
 * The fields of `schema` that a caller may write. On creation fields without a default are required. In a change `null`
 * restores the default.
 */
export function writable(
  kind: ManagedKind,
  schema: TSchema,
  isCreation: boolean,
  others: Readonly<Record<string, TSchema>> = {},
): TSchema {
  const { properties, required } = schema as unknown as {
    readonly properties: Record<string, TSchema>;
    readonly required: readonly string[];
  };
  const { callerNames = {} } = kind;
  const names = Object.keys(properties).filter(
    (name) => !kind.readOnly.includes(name) || name in callerNames,
  );
  const mandatory = required
    .filter((name) => names.includes(name) && !(name in kind.defaults))
    .map((name) => callerNames[name] ?? name);
  const demanded = kind.ownIds === undefined ? mandatory : ['id', ...mandatory];
  return {
    type: 'object',
    properties: {
      ...others,
      ...(isCreation && kind.ownIds !== undefined ? { id: properties['id'] } : {}),
      ...Object.fromEntries(
        names.map((name) => {
          const property = properties[name] ?? Type.Unknown();
          const shownName = callerNames[name] ?? name;
          return [shownName, isCreation ? property : Type.Union([property, Type.Null()])];
        }),
      ),
    },
    ...(isCreation && demanded.length > 0 ? { required: demanded } : {}),
    additionalProperties: false,
  };
}

/** A collection of documents, as Graph has it. */
interface Collection {
  readonly kind: ManagedKind;
  readonly path: string;
  /** Part of the operation ids, as `DeviceCompliancePolicy`. */
  readonly name: string;
  readonly schema: TSchema;
  readonly creation: unknown;
  readonly change: unknown;
  readonly exampleId: string;
  readonly deletedId: string;
}

/** The operations of a collection and of one of its documents. */
export function operationsOf(collection: Collection): readonly Operation[] {
  const { kind, path, name, schema, creation, change, exampleId, deletedId } = collection;
  const one = `${path}/{id}`;
  const id = pathId(exampleId, `The id of the ${kind.noun}`);
  const plural = `${name.replace(/y$/, 'ie')}s`;
  return [
    {
      method: 'get',
      path,
      operationId: `list${plural}`,
      tag: TAG,
      summary: `List a page; each entry is a ${kind.noun}`,
      access: CONFIGURATION_READ_ROLES,
      parameters: PAGING,
      status: 200,
      answer: PageOf(shown(schema)),
    },
    {
      method: 'post',
      path,
      operationId: `create${name}`,
      tag: TAG,
      summary: `Create a ${kind.noun}`,
      access: CONFIGURATION_WRITE_ROLES,
      parameters: [CONFIRM],
      request: jsonBody(writable(kind, schema, true), creation),
      status: 201,
      answer: shown(schema),
      errors: [409, 413, 415],
    },
    {
      method: 'get',
      path: one,
      operationId: `get${name}`,
      tag: TAG,
      summary: `Get one ${kind.noun}`,
      access: CONFIGURATION_READ_ROLES,
      parameters: [id],
      status: 200,
      answer: shown(schema),
      errors: [404],
    },
    {
      method: 'patch',
      path: one,
      operationId: `update${name}`,
      tag: TAG,
      summary: `Change a ${kind.noun}: properties in the body replace the stored ones; null restores the default`,
      access: CONFIGURATION_WRITE_ROLES,
      parameters: [id, CONFIRM, IF_MATCH],
      request: jsonBody(writable(kind, schema, false), change),
      status: 200,
      answer: shown(schema),
      errors: [404, 409, 412, 413, 415],
    },
    {
      method: 'delete',
      path: one,
      operationId: `delete${name}`,
      tag: TAG,
      summary: `Delete a ${kind.noun}`,
      access: CONFIGURATION_WRITE_ROLES,
      parameters: [{ ...id, example: deletedId }, CONFIRM, IF_MATCH],
      status: 204,
      errors: [404, 409, 412],
    },
  ];
}

/** The operations of a single document. */
export function document(
  path: string,
  name: string,
  kind: ManagedKind,
  {
    schema,
    answer,
    parameters,
    change,
  }: {
    readonly schema: TSchema;
    readonly answer: TSchema;
    readonly parameters: readonly Parameter[];
    readonly change: unknown;
  },
): readonly Operation[] {
  return [
    {
      method: 'get',
      path,
      operationId: `get${name}`,
      tag: TAG,
      summary: `Get the ${kind.noun}`,
      access: CONFIGURATION_READ_ROLES,
      parameters,
      status: 200,
      answer,
      errors: [404],
    },
    {
      method: 'patch',
      path,
      operationId: `update${name}`,
      tag: TAG,
      summary: `Change the ${kind.noun}: properties in the body replace the stored ones; null restores the default`,
      access: CONFIGURATION_WRITE_ROLES,
      parameters: [...parameters, CONFIRM, IF_MATCH],
      request: jsonBody(writable(kind, schema, false), change),
      status: 200,
      answer,
      errors: [404, 409, 412, 413, 415],
    },
  ];
}
