import { expect, it } from 'vitest';
import type { ArmClient } from '../../../../../infra/deploy/armClient.ts';
import { waitUntilFinal } from '../../../../../infra/deploy/stack/deploymentStack.ts';

it('a run that never ends is given up after an hour of waiting', async () => {
  const arm: ArmClient = {
    run: () => Promise.resolve({ properties: { provisioningState: 'deploying' } }),
  };
  let waited = 0;
  const pause = (milliseconds: number): Promise<void> => {
    waited += milliseconds;
    return waited > 24 * 60 * 60 * 1000
      ? Promise.reject(new Error('it waits for a day'))
      : Promise.resolve();
  };
  const waiting = waitUntilFinal(
    arm,
    { scope: '/', name: 'mtd' },
    { pause, onWait: () => undefined },
  );
  await expect(waiting).rejects.toThrow('still deploying after an hour');
  expect(waited / 60_000).toBeGreaterThan(59);
  expect(waited / 60_000).toBeLessThan(62);
});
