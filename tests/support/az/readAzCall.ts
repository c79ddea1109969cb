import { AZ_COMMANDS, GLOBAL_OPTIONS, LIST_OPTIONS } from './commands.ts';

/** A call of the Azure CLI, with the values of its options. */
export interface AzCall {
  readonly name: string;
  readonly options: Readonly<Record<string, readonly string[]>>;
}

/** @throws Error in the words of the CLI for a command line that it does not take. */
export function readAzCall(argv: readonly string[]): AzCall {
  const first = argv.findIndex((word) => word.startsWith('-'));
  const name = argv.slice(0, first === -1 ? argv.length : first).join(' ');
  const options = readOptions(first === -1 ? [] : argv.slice(first));
  const command = AZ_COMMANDS[name];
  if (command === undefined)
    throw new Error(`'${name}' is misspelled or not recognized by the system.`);
  const allowed = new Set([...GLOBAL_OPTIONS, ...command.required, ...command.optional]);
  const unknown = Object.keys(options).find((option) => !allowed.has(option));
  if (unknown !== undefined) throw new Error(`unrecognized arguments: --${unknown}`);
  const missing = command.required.filter((option) => options[option] === undefined);
  if (missing.length > 0)
    throw new Error(`the following arguments are required: --${missing.join(', --')}`);
  return { name, options };
}

function readOptions(words: readonly string[]): AzCall['options'] {
  const options: Record<string, readonly string[]> = {};
  let current = '';
  for (const word of words) {
    if (word.startsWith('--')) {
      current = word.slice(2);
      options[current] = [];
      continue;
    }
    const values = [...(options[current] ?? []), word];
    if (values.length > 1 && !LIST_OPTIONS.includes(current))
      throw new Error(`unrecognized arguments: ${word}`);
    options[current] = values;
  }
  const empty = Object.keys(options).find((option) => options[option]?.length === 0);
  if (empty !== undefined) throw new Error(`argument --${empty}: expected one argument`);
  return options;
}
