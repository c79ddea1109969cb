import type { EventSourceKind } from '../../../domain/vocabulary/eventSource.ts';

/** What one word of a vendor means here. */
export interface MappingRow {
  /** The vendor's name of the field. */
  readonly field: string;
  /** Compared without regard to case and to blanks around it. */
  readonly word: string;
  readonly meaning: string;
  /** Where the word was seen, or why it is inferred. */
  readonly witness: string;
}

/** The words of one kind of source. */
export interface MappingTable {
  readonly kind: EventSourceKind;
  /** Raised with every change of the rows. */
  readonly version: number;
  /** By field: the meanings that an operator may give to a word of it. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly rows: readonly MappingRow[];
}

/** The rows of one field whose words share a witness: `rowsOf('severity', 'seen in …', {low: 'low'})`. */
export function rowsOf(
  field: string,
  witness: string,
  meanings: Readonly<Record<string, string>>,
): readonly MappingRow[] {
  return Object.entries(meanings).map(([word, meaning]) => ({ field, word, meaning, witness }));
}

/** Finds the meaning of a word in lower case. */
export type FindMeaning = (field: string, word: string) => string | undefined;

/** The rows by field and word. */
export function toFindMeaning({ rows }: MappingTable): FindMeaning {
  const byField = new Map<string, Map<string, string>>();
  for (const { field, word, meaning } of rows) {
    const words = byField.get(field) ?? new Map<string, string>();
    byField.set(field, words.set(word.toLowerCase(), meaning));
  }
  return (field, word) => byField.get(field)?.get(word);
}
