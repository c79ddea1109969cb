import { expect, it } from 'vitest';
import { ArmResource } from '../../../../infra/azure/engine/armResource.ts';
import { ArmStack } from '../../../../infra/azure/engine/armStack.ts';
import { call } from '../../../../infra/azure/engine/expression.ts';
import type { ArmTemplate } from '../../../../infra/azure/engine/toArmTemplate.ts';
import { MergedSettings } from '../../../../infra/azure/mergedSettings.ts';
import { synthesizeApp } from '../../../../infra/azure/synthesize.ts';
import { appSettingsOf } from '../../../support/appSettingsOf.ts';

it('a site waits for the resources that its settings refer to', () => {
  const template = JSON.parse(
    synthesizeApp((app) => {
      const stack = new ArmStack(app, 'a-stack');
      const things = { type: 'Contoso.Things/things', apiVersion: '2026-01-01' };
      const other = new ArmResource(stack, 'other', { ...things, name: 'other' });
      const own = { PLAIN: "it's, (plain)", ADDRESS: `https://${other.read('host')}/` };
      const appSettings = new MergedSettings(own, call('parameters', 'extraSettings'));
      new ArmResource(stack, 'site', {
        type: 'Microsoft.Web/sites',
        apiVersion: '2026-01-01',
        name: 'site',
        body: { properties: { siteConfig: { appSettings } } },
      });
      return stack;
    }),
  ) as ArmTemplate;
  expect(template.resources['site']?.dependsOn).toEqual(['other']);
  expect(appSettingsOf(template)).toEqual({
    PLAIN: "it's, (plain)",
    ADDRESS: "[concat('https://', reference('other').host, '/')]",
  });
});
