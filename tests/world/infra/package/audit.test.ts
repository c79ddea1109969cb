import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';

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

/** A registry that answers what it is asked about vulnerabilities, and knows no package. */
let answer: { readonly status: number; readonly body: object };
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
  const { status, body } = request.url === ADVISORIES ? answer : { status: 404, body: {} };
  request.resume().on('end', () => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
});
const folder = mkdtempSync(join(tmpdir(), 'mtd-audit-'));
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** `npm run audit` against that registry. */
async function audit(): Promise<{ readonly code: number; readonly output: string }> {
  const { port } = server.address() as AddressInfo;
  const file = join(PROJECT_ROOT, 'infra/package/audit.ts');
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${String(port)}`,
    // npm remembers an advisory by its id.
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
  ['a vulnerability that is high', 200, advisory('high'), 1, /jose \(high\): Takes any signature/],
  ['one that is critical', 200, advisory('critical'), 1, /jose \(critical\)/],
  ['one that is moderate', 200, advisory('moderate'), 0, /^audit: 0 packages/],
  ['none', 200, {}, 0, /^audit: 0 packages/],
  ['no advisories to be had', 405, {}, 0, /not checked, this registry has no advisories: 405/],
  ['a registry that fails', 500, {}, 2, /audit: failed: 500/],
])('the audit, with %s', async (_, status, body, code, said) => {
  answer = { status, body };
  asked.length = 0;
  const outcome = await audit();
  expect([outcome.code, outcome.output]).toEqual([code, expect.stringMatching(said)]);
  expect(asked).toContain(`POST ${ADVISORIES}`);
});
