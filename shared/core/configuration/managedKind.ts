import type { Problem } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { checkShape } from '../../base/validation/checkShape.ts';
import type { ConfigurationKind } from './configurationDocuments.ts';

/** How documents of one kind are created, read, changed and deleted. */
export interface ManagedKind {
  readonly kind: ConfigurationKind;
  /** The name in messages: `compliance policy`. */
  readonly noun: string;
  readonly validator: Parameters<typeof checkShape<unknown>>[0];
  readonly defaults: object;
  /** Fields that only the system writes. They are ignored if a caller sends them. */
  readonly readOnly: readonly string[];
  /** Fields that cannot change after creation. */
  readonly immutable: readonly string[];
  /** The field with the time of the last change; Graph names it differently by kind. */
  readonly modifiedField: 'lastModifiedDateTime' | 'modifiedDateTime';
  /** For kinds whose ids are known beforehand: the document that the first change of `id` starts from. */
  readonly blank?: (id: string) => object | undefined;
  /** Readers see such a document before its first change. */
  readonly isReadBlank?: true;
  /** The ids of such documents that lists have too. */
  readonly listedBlanks?: readonly string[];
  /** Callers choose the ids of new documents, and this is their form. */
  readonly ownIds?: RegExp;
  /** The most documents of the kind. */
  readonly maxDocuments?: number;
  /** By the stored name of a field: the name that callers know. */
  readonly callerNames?: Readonly<Record<string, string>>;
  /** Reads the values by which Graph writes that a setting is absent. */
  readonly fromGraph?: (
    fields: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
  /** Checks that a schema cannot express. Each problem names the field. */
  readonly findProblems: (document: Readonly<Record<string, unknown>>) => readonly Problem[];
  /** Computes fields that are stored with the document. */
  readonly complete?: (document: Readonly<Record<string, unknown>>) => object;
  /** Computes fields that readers see beside the document, as of `now`. */
  readonly derive?: (document: Readonly<Record<string, unknown>>, now: DateTime) => object;
}
