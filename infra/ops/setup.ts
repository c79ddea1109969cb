import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { SetupStep } from '../../shared/core/setup/setupSteps.ts';

const USAGE = `usage: npm run setup                           the system that \`npm start\` runs
       MTD_TOKEN=… npm run setup -- --api URL  a deployed one, with a token of the role Configuration.Read.All`;

interface Access {
  readonly api: string;
  readonly token: string;
}

/** The checklist of a running system; ends with 0 once every step is done, with 1 while one is open. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { api: { type: 'string' } } });
  const { api, token } = values.api === undefined ? await findLocal() : deployed(values.api);
  const response = await fetch(`${api}/api/setup`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok)
    throw new Error(`${api} answered ${String(response.status)}: ${await response.text()}`);
  const { steps } = (await response.json()) as { readonly steps: readonly SetupStep[] };
  for (const step of steps) console.log(toLine(step));
  process.exitCode = steps.every(({ isDone }) => isDone) ? 0 : 1;
}

function toLine({ title, isDone, doneDateTime, todo }: SetupStep): string {
  const when = doneDateTime === undefined ? '' : `, since ${doneDateTime}`;
  return isDone ? `[x] ${title}${when}` : `[ ] ${title}\n    ${todo ?? ''}`;
}

function deployed(api: string): Access {
  const token = process.env['MTD_TOKEN'];
  if (!token) throw new Error(USAGE);
  return { api: api.replace(/\/(api\/?)?$/, ''), token };
}

/** Where the local system is, and a token of its administrator. */
async function findLocal(): Promise<Access> {
  const file = join(resolve(import.meta.dirname, '../..'), '.local/stack.json');
  const stack = readStack(file);
  const response = await fetch(`${stack.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: stack.clients.admin.clientId,
      client_secret: stack.clients.admin.clientSecret,
      scope: `${stack.audience}/.default`,
    }),
  });
  const { access_token: token } = (await response.json()) as { readonly access_token: string };
  return { api: stack.api, token };
}

interface Stack {
  readonly api: string;
  readonly issuer: string;
  readonly audience: string;
  readonly clients: {
    readonly admin: { readonly clientId: string; readonly clientSecret: string };
  };
}

function readStack(file: string): Stack {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Stack;
  } catch {
    throw new Error(`no system runs here: begin with \`npm start\`\n${USAGE}`);
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
