import { UsageError } from '../cli/command.ts';

/** The whole number behind an option. @throws UsageError where it is none or less than `least`, naming the option. */
export function readCount(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new UsageError(
      `--${option} must be a whole number of at least ${String(least)}, not \`${text}\``,
    );
  return value;
}
