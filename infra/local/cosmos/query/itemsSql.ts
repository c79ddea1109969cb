import type { SQLInputValue } from 'node:sqlite';
import type { Container } from '../container.ts';

/** The table of the items; a partition is always found by its key, whatever else an index could serve. */
export function fromSql({ table }: Container, partitionKey: string | undefined): string {
  return partitionKey === undefined ? `${table} d` : `${table} d INDEXED BY ${table}_key`;
}

/** Conditions that leave the items of a partition that have not expired. */
export function itemConditions(
  container: Container,
  partitionKey: string | undefined,
  nowInSeconds: number,
  bind: (value: SQLInputValue) => string,
): string[] {
  const conditions: string[] = [];
  if (partitionKey !== undefined) {
    const { length } = JSON.parse(partitionKey) as unknown[];
    // `-` follows `,`: between the two is every key that begins with these values.
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
