import { PATTERNS_IN_WORDS } from './patterns.ts';

export function mustMatch(pattern: string): string {
  return PATTERNS_IN_WORDS.get(pattern) ?? `must match \`${pattern}\``;
}

export function mustHaveFormat(format: string): string {
  return format === 'date-time'
    ? 'must be an RFC 3339 date-time such as `2026-01-31T12:00:00Z`'
    : `must match format "${format}"`;
}

export function mustBeOneOf(values: readonly unknown[]): string {
  const allowed = [...new Set(values)].map((value) => `\`${String(value)}\``).join(', ');
  return values.length === 1 ? `must be ${allowed}` : `must be one of ${allowed}`;
}
