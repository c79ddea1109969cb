import type { SQLInputValue } from 'node:sqlite';
import type { Container } from '../container.ts';

/** SQL for the table of items. Within a partition it always uses the index of the partition key. */
export function fromSql({ table }: Container, partitionKey: string | undefined): string {
  return partitionKey === undefined ? `${table} d` : `${table} d INDEXED BY ${table}_key`;
}

/** Conditions that select the unexpired items, of one partition if `partitionKey` is set. */
export function itemConditions(
  container: Container,
  partitionKey: string | undefined,
  nowInSeconds: number,
  bind: (value: SQLInputValue) => string,
): string[] {
  const conditions: string[] = [];
  if (partitionKey !== undefined) {
    const { length } = JSON.parse(partitionKey) as unknown[];
    // `-` follows `,`, so every key that starts with these values sorts between the two.
    const prefix = partitionKey.slice(0, -1);
    conditions.push(
      length === container.partitionKey.paths.length
        ? `d.pk = ${bind(partitionKey)}`
        : `d.pk >= ${bind(`${prefix},`)} AND d.pk < ${bind(`${prefix}-`)}`,
    );
  }
  if (container.defaultTtl !== undefined) {
    conditions.push(`(d.expires IS NULL OR d.expires > ${bind(nowInSeconds)})`);
  }
  return conditions;
}
