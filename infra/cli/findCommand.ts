import { UsageError } from './command.ts';

/** Returns the command of this name. @throws UsageError naming the commands with the same first word. */
export function findCommand<T>(commands: Readonly<Record<string, T>>, name: string): T {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command;
  const [noun = ''] = name.split(' ');
  const similar = Object.keys(commands).filter((each) => each.startsWith(`${noun} `));
  const known = similar.map((each) => `\`${each}\``).join(', ');
  throw new UsageError(
    `there is no command \`${name}\`${known === '' ? '' : `; there is ${known}`}`,
  );
}

/** @throws UsageError if there is an unexpected word. */
export function rejectWords([word]: readonly string[]): void {
  if (word !== undefined) throw new UsageError(`unexpected argument \`${word}\``);
}
