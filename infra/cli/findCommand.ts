import { UsageError } from './command.ts';

/** Returns the command of this name. @throws UsageError naming the commands that `name` begins, or all of them. */
export function findCommand<T>(commands: Readonly<Record<string, T>>, name: string): T {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command;
  const [noun = ''] = name.split(' ');
  const names = Object.keys(commands);
  const similar = names.filter((each) => each.startsWith(`${noun} `));
  const known = (similar.length === 0 ? names : similar).map((each) => `\`${each}\``);
  throw new UsageError(`there is no command \`${name}\`; there is ${known.join(', ')}`);
}

/** @throws UsageError if there is an unexpected word. */
export function rejectWords([word]: readonly string[]): void {
  if (word !== undefined) throw new UsageError(`unexpected argument \`${word}\``);
}
