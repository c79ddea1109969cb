import { join, resolve } from 'node:path';
import type { SetupStep } from '../../shared/core/setup/setupSteps.ts';
import { UsageError } from '../cli/command.ts';
import { runCommandLine } from '../cli/commandLine.ts';
import type { CommandIo } from '../cli/commandIo.ts';
import { requireEndpoint } from '../cli/requireEndpoint.ts';
import { toProblem } from '../cli/toProblem.ts';
import { fetchLocalToken, readLocalSystem } from './localSystem.ts';

const USAGE = `usage: npm run setup                            check the local system that \`npm start\` runs
       MTD_TOKEN=… npm run setup -- --api URL   check a deployed system; the token needs the role Configuration.Read.All

Exit codes: 0 every step is done, 1 a step is open, 2 the system did not answer, or usage error.`;

const LINE = { script: 'setup', usage: USAGE, options: { api: { type: 'string' } } } as const;

interface Access {
  readonly api: string;
  readonly token: string;
}

/** Prints the setup checklist of a running system. @returns 0 if every step is done, 1 if one is open, 2 after an error. */
export function runSetup(argv: readonly string[], io: CommandIo): Promise<number> {
  return runCommandLine(LINE, { argv, io }, async ({ values: { api } }) => {
    const find = api === undefined ? findLocal : () => findDeployed(api, io);
    try {
      const steps = await readSteps(await find(io), io);
      for (const step of steps) io.print(toLine(step));
      return steps.every(({ isDone }) => isDone) ? 0 : 1;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      io.printError(error instanceof Error ? error.message : String(error));
      return 2;
    }
  });
}

async function readSteps(
  { api, token }: Access,
  { fetch }: CommandIo,
): Promise<readonly SetupStep[]> {
  const response = await fetch(`${api}/api/setup`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok)
    throw new Error(
      `${api} answered ${String(response.status)}: ${toProblem(await response.text())}`,
    );
  const { steps } = (await response.json()) as { readonly steps: readonly SetupStep[] };
  return steps;
}

function toLine({ title, isDone, doneDateTime, todo }: SetupStep): string {
  const since = doneDateTime === undefined ? '' : `, since ${doneDateTime}`;
  return isDone ? `[x] ${title}${since}` : `[ ] ${title}\n    ${todo ?? ''}`;
}

function findDeployed(api: string, { environment }: CommandIo): Access {
  const token = environment['MTD_TOKEN'];
  if (!token) throw new UsageError('--api needs a token in the environment variable MTD_TOKEN');
  return { api: requireEndpoint('--api', api).replace(/\/(api\/?)?$/, ''), token };
}

/** Returns the address of the local system and a token of its administrator. */
async function findLocal({ fetch }: CommandIo): Promise<Access> {
  const system = readLocalSystem(join(resolve(import.meta.dirname, '../..'), '.local'));
  return { api: system.api, token: await fetchLocalToken(system, fetch) };
}
