import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DOMAIN_PARTS } from '../../../infra/docs/domainParts.ts';
import { withPart } from '../../../infra/docs/generatedPart.ts';

const README = new URL('../../../shared/domain/README.md', import.meta.url);

it.each(DOMAIN_PARTS)('the README of the domain has $name from the code', (part) => {
  const readme = readFileSync(README, 'utf8');
  expect(readme).toBe(withPart(readme, part));
});
