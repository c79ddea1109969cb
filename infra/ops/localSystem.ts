import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackDescription } from '../local/stack/startStack.ts';

/** Reads the addresses and clients that `npm start` writes into its folder. @throws Error if no system runs there. */
export function readLocalSystem(folder: string): StackDescription {
  try {
    return JSON.parse(readFileSync(join(folder, 'stack.json'), 'utf8')) as StackDescription;
  } catch {
    throw new Error(`no system runs in \`${folder}\`: start one with \`npm start\``);
  }
}

/** Fetches a token of the local administrator. */
export async function fetchLocalToken(
  { issuer, audience, clients }: StackDescription,
  fetch: typeof globalThis.fetch,
): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clients.admin.clientId,
      client_secret: clients.admin.clientSecret,
      scope: `${audience}/.default`,
    }),
  });
  const { access_token: token } = (await response.json()) as { readonly access_token: string };
  return token;
}
