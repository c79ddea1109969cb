import { UsageError } from './command.ts';

/** The whole number given for an option. @throws UsageError naming the option if the text is none, or less than `least`. */
export function readCount(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new UsageError(
      `--${option} must be a whole number of at least ${String(least)}, not \`${text}\``,
    );
  return value;
}
