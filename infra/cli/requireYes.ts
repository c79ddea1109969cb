import type { CommandIo } from './commandIo.ts';

/** Continues after `--yes`, or if the person at the terminal answers yes. @throws Error otherwise. */
export async function requireYes(
  { yes }: { readonly yes: boolean },
  question: string,
  { ask }: Pick<CommandIo, 'ask'>,
): Promise<void> {
  const answer = yes ? 'y' : ((await ask?.(`${question} [y/N] `)) ?? 'n');
  if (!/^y(es)?$/i.test(answer.trim())) throw new Error('nothing was done: confirm with --yes');
}
