import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  APP_ROLES,
  AZURE_CLI,
  CLI_SCOPE,
  TOKEN_VERSION,
} from '../../../../../infra/deploy/registration/manifest.ts';
import { PROJECT_ROOT } from '../../../../../infra/node/projectRoot.ts';
import { ROLES } from '../../../../../shared/core/ports/tokens.ts';

/** The roles that the endpoints name, by their form. */
const namedByEndpoints = globSync('{functions,shared/edge}/**/*.ts', { cwd: PROJECT_ROOT })
  .map((file) => readFileSync(join(PROJECT_ROOT, file), 'utf8'))
  .flatMap((source) => [
    ...source.matchAll(/'(\w+\.(?:Read|ReadWrite|Write|Decide|Query)(?:\.All)?|ssf\.\w+)'/g),
  ])
  .map(([, role = '']) => role);

it('registers every role that an endpoint demands, and no other', () => {
  const registered = APP_ROLES.map(({ value }) => value).toSorted();
  expect(registered).toEqual([...ROLES].toSorted());
  expect(registered).toEqual([...new Set(namedByEndpoints)].toSorted());
});

it('keeps the ids, because each assignment names its role by the id', () => {
  const ids = [...APP_ROLES, CLI_SCOPE].map(({ value, id }) => [value, id]);
  expect(Object.fromEntries(ids)).toEqual({
    'Devices.Read.All': 'e28a51ba-f23a-4314-bebd-19c8b72457b6',
    'Devices.ReadWrite.All': 'cb3395dc-a70a-4933-b164-dffd34bb5df1',
    'Access.Decide': '3931d122-5148-4852-b8c9-ecb8a2bc59ff',
    'Nac.Query': '2d6c71be-30ca-4c8e-936c-6001d8b6ba92',
    'Telemetry.Write': '3567c9ae-3f4e-4898-85e6-85714387be77',
    'Configuration.Read.All': '60f2c244-2431-4ea4-9b7f-6dbafd7dc36f',
    'Configuration.ReadWrite.All': '7ead746f-73ef-4f0b-bb8a-8e69d05f6dfc',
    'ssf.read': 'dcf8909a-725b-4781-8e8f-49ef0e84ce95',
    'ssf.manage': '13e245e9-c4bf-4402-89f6-b6ae4357547f',
    user_impersonation: 'a18c7499-cd05-44eb-9ca3-f0f84c3b4b2a',
  });
});

it('asks for tokens of version 2, for people and applications, with the Azure CLI', () => {
  expect(TOKEN_VERSION).toBe(2);
  expect(AZURE_CLI).toBe('04b07795-8ddb-461a-bbee-02f9e1bf7b46');
  for (const { allowedMemberTypes, isEnabled } of APP_ROLES)
    expect([allowedMemberTypes, isEnabled]).toEqual([['User', 'Application'], true]);
});
