import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSecrets } from '../../../../infra/local/stack/secrets.ts';
import { openLocalSourceSecrets } from '../../../../infra/ops/openLocalSecrets.ts';

it('the secrets of event sources are stored beside the others, and in use once the system says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mtd-secrets-'));
  const { cosmosKey, eventSourceSecrets } = readSecrets(folder);
  expect(eventSourceSecrets).toEqual({});
  const runsWith = (used: object): void =>
    writeFileSync(join(folder, 'stack.json'), JSON.stringify({ eventSourceSecrets: used }));
  runsWith({});
  const store = openLocalSourceSecrets(folder);
  const entries = [
    'blobs=AccountName=mtd;AccountKey=YWJjZA==',
    'sep=first-secret',
    'sep=next-secret',
  ];
  await store.write(entries);
  expect([await store.read(), await store.isApplied()]).toEqual([entries, false]);
  runsWith({
    blobs: ['AccountName=mtd;AccountKey=YWJjZA=='],
    sep: ['first-secret', 'next-secret'],
  });
  expect(await store.isApplied()).toBe(true);
  expect(readSecrets(folder).cosmosKey).toBe(cosmosKey);
});
