import { expect, it } from 'vitest';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();

it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
  'the root of the host answers 404 to %s, so no proxy takes it for an allowance',
  async (method) => {
    const { api } = system.stack.description;
    for (const path of ['/', '/?resource=wifi']) {
      const { status, headers } = await fetch(new URL(path, api), { method });
      expect([path, status, headers.get('cache-control')]).toEqual([path, 404, 'no-store']);
    }
  },
);
