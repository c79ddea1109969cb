import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';
import type { TokenCredential } from '@azure/identity';

/** Everything outside itself that a command line uses. A test passes its own and calls the command line in process. */
export interface CommandIo {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Writes a line to standard output: the result. */
  readonly print: (line: string) => void;
  /** Writes a line to standard error: steps and problems. */
  readonly printError: (line: string) => void;
  /** Writes raw text to the terminal on standard error; `undefined` if that is no terminal. */
  readonly redraw: ((text: string) => void) | undefined;
  /** Asks the person at the terminal; `undefined` without a terminal, for example in a pipeline. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly fetch: typeof fetch;
  /** Waits before the next poll or retry. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Returns the identity that is signed in to Azure. */
  readonly signIn: () => Promise<TokenCredential>;
}

/** The `CommandIo` of this process. */
export function processIo(): CommandIo {
  return {
    environment: process.env,
    print: (line) => console.log(line),
    printError: (line) => console.error(line),
    redraw: process.stderr.isTTY ? (text) => void process.stderr.write(text) : undefined,
    ask: process.stdin.isTTY ? askAtTerminal : undefined,
    fetch,
    pause: (milliseconds) => setTimeout(milliseconds),
    async signIn() {
      // Loaded on demand: commands that need no Azure answer in half the time.
      const { DefaultAzureCredential } = await import('@azure/identity');
      return new DefaultAzureCredential();
    },
  };
}

/** Prints the question to standard error, so that standard output holds only the result. */
async function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question);
  terminal.close();
  return answer;
}
