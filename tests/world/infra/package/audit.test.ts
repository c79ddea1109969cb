import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';
import { listeningPort } from '../../../support/listeningPort.ts';

const ADVISORIES = '/-/npm/v1/security/advisories/bulk';
const advisory = (severity: string): object => ({
  jose: [
    {
      id: 1,
      url: 'https://advisories.example/1',
      title: 'Takes any signature',
      severity,
      vulnerable_versions: '*',
      cwe: [],
      cvss: { score: 9, vectorString: null },
    },
  ],
});

/** A registry that serves one answer about advisories and no packages. */
let answer: { readonly status: number; readonly body: object };
const requests: string[] = [];
const server = createServer((request, response) => {
  requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
  const { status, body } = request.url === ADVISORIES ? answer : { status: 404, body: {} };
  request.resume().on('end', () => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
});
const folder = mkdtempSync(join(tmpdir(), 'mtd-audit-'));
let port: number;
beforeAll(async () => {
  port = await listeningPort(server);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Runs `npm run audit` against that registry. */
async function audit(): Promise<{ readonly code: number; readonly output: string }> {
  const file = join(PROJECT_ROOT, 'infra/package/audit.ts');
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${String(port)}`,
    // npm caches an advisory by its id.
    npm_config_cache: mkdtempSync(join(folder, 'cache-')),
    npm_config_fetch_retries: '0',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [file], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: out + err });
    });
  });
}

it.each([
  ['a high vulnerability', 200, advisory('high'), 1, /jose \(high\): Takes any signature/],
  ['a critical vulnerability', 200, advisory('critical'), 1, /jose \(critical\)/],
  ['a moderate vulnerability', 200, advisory('moderate'), 0, /^audit: 0 packages/],
  ['no vulnerability', 200, {}, 0, /^audit: 0 packages/],
  [
    'a registry without advisories',
    405,
    {},
    0,
    /not checked, this registry has no advisories: 405/,
  ],
  ['a failing registry', 500, {}, 2, /audit: failed: 500/],
])('the audit reports %s', async (_, status, body, code, message) => {
  answer = { status, body };
  requests.length = 0;
  const outcome = await audit();
  expect([outcome.code, outcome.output]).toEqual([code, expect.stringMatching(message)]);
  expect(requests).toContain(`POST ${ADVISORIES}`);
});
