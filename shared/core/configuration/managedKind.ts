import type { Problem } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { checkShape } from '../../base/validation/checkShape.ts';
import type { ConfigurationKind } from './configurationDocuments.ts';

/** What is to be known of one kind of document in order to create, read, change and delete it. */
export interface ManagedKind {
  readonly kind: ConfigurationKind;
  /** For people: `compliance policy`. */
  readonly noun: string;
  readonly validator: Parameters<typeof checkShape<unknown>>[0];
  readonly defaults: object;
  /** Fields that only the system writes: ignored where a caller sends them. */
  readonly readOnly: readonly string[];
  /** Fields that stay as they were made. */
  readonly immutable: readonly string[];
  /** The field that says when it was last changed, by Graph's name for the kind. */
  readonly modifiedField: 'lastModifiedDateTime' | 'modifiedDateTime';
  /** What a change of one begins with that is not there, where its id alone says what it is. */
  readonly blank?: (id: string) => object | undefined;
  /** Such a one is read as it is without anybody having said anything. */
  readonly isReadBlank?: true;
  /** What a schema cannot say; each problem names the field. */
  readonly findProblems: (document: Readonly<Record<string, unknown>>) => readonly Problem[];
  /** What follows from the rest of a document and is kept with it. */
  readonly complete?: (document: Readonly<Record<string, unknown>>) => object;
  /** What a reader is shown beside the document, as it is at `now`. */
  readonly derive?: (document: Readonly<Record<string, unknown>>, now: DateTime) => object;
}
