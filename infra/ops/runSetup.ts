import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { SetupStep } from '../../shared/core/setup/setupSteps.ts';
import type { CommandIo } from '../cli/commandIo.ts';
import { fetchLocalToken, readLocalSystem } from './localSystem.ts';

const USAGE = `usage: npm run setup                            check the local system that \`npm start\` runs
       MTD_TOKEN=… npm run setup -- --api URL   check a deployed system; the token needs the role Configuration.Read.All

Exit codes: 0 every step is done, 1 a step is open, 2 the system did not answer.`;

interface Access {
  readonly api: string;
  readonly token: string;
}

/** Prints the setup checklist of a running system. @returns 0 if every step is done, 1 if one is open, 2 after an error. */
export async function runSetup(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...argv], options: { api: { type: 'string' } } });
    const access = values.api === undefined ? await findLocal(io) : findDeployed(values.api, io);
    const steps = await readSteps(access, io);
    for (const step of steps) io.print(toLine(step));
    return steps.every(({ isDone }) => isDone) ? 0 : 1;
  } catch (error) {
    io.printError(error instanceof Error ? error.message : String(error));
    return 2;
  }
}

async function readSteps(
  { api, token }: Access,
  { fetch }: CommandIo,
): Promise<readonly SetupStep[]> {
  const response = await fetch(`${api}/api/setup`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok)
    throw new Error(`${api} answered ${String(response.status)}: ${await response.text()}`);
  const { steps } = (await response.json()) as { readonly steps: readonly SetupStep[] };
  return steps;
}

function toLine({ title, isDone, doneDateTime, todo }: SetupStep): string {
  const since = doneDateTime === undefined ? '' : `, since ${doneDateTime}`;
  return isDone ? `[x] ${title}${since}` : `[ ] ${title}\n    ${todo ?? ''}`;
}

function findDeployed(api: string, { environment }: CommandIo): Access {
  const token = environment['MTD_TOKEN'];
  if (!token) throw new Error(USAGE);
  return { api: api.replace(/\/(api\/?)?$/, ''), token };
}

/** Returns the address of the local system and a token of its administrator. */
async function findLocal({ fetch }: CommandIo): Promise<Access> {
  const system = readLocalSystem(join(resolve(import.meta.dirname, '../..'), '.local'));
  return { api: system.api, token: await fetchLocalToken(system, fetch) };
}
