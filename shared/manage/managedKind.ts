import type { Problem } from '../connectorError.ts';
import type { checkShape } from '../ingest/checkShape.ts';
import type { ConfigurationKind } from './configurationDocuments.ts';

/** What is to be known of one kind of document in order to create, read, change and delete it. */
export interface ManagedKind {
  readonly kind: ConfigurationKind;
  /** For people: `compliance policy`. */
  readonly noun: string;
  readonly validator: Parameters<typeof checkShape<object>>[0];
  readonly defaults: object;
  /** Fields that only the system writes: ignored where a caller sends them. */
  readonly readOnly: readonly string[];
  /** Fields that stay as they were made. */
  readonly immutable: readonly string[];
  /** The field that says when it was last changed, by Graph's name for the kind. */
  readonly modifiedField: 'lastModifiedDateTime' | 'modifiedDateTime';
  /** There is exactly one, with this id, and it cannot be deleted. */
  readonly singletonId?: string;
  /** What a schema cannot say; each problem names the field. */
  readonly findProblems: (document: Readonly<Record<string, unknown>>) => readonly Problem[];
}
