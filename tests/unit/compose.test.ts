import { expect, it } from 'vitest';
import { onMessage } from '../../shared/compose.ts';

/** No setting is set, so that the services cannot be made. */
it('gives a batch back only after a pause, so that a wrong setting does not use up its deliveries', async () => {
  const steps: string[] = [];
  const waited = Promise.withResolvers<undefined>();
  const handler = onMessage(
    () => Promise.resolve(),
    (milliseconds) => {
      steps.push(`waits ${String(milliseconds)} ms`);
      return waited.promise;
    },
  );
  const log = (message: string): void => void steps.push(message.split(':')[0] ?? '');
  const invocation = { invocationId: '1', options: { trigger: {} }, log, warn: log, error: log };
  const given = handler([{}], invocation).catch((error: unknown) => {
    steps.push((error as { readonly code: string }).code);
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(steps).toEqual(['the batch is delivered again after a pause', 'waits 60000 ms']);
  waited.resolve(undefined);
  await given;
  expect(steps.at(-1)).toBe('settingInvalid');
});
