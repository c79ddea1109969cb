import { randomUUID } from 'node:crypto';
import type { Registry, RegisteredFunction } from './coreApi.ts';
import type { HostLog } from './hostLog.ts';

/** What a trigger hands to a function: the value of its binding, and what is known beside it. */
export interface TriggerInput {
  readonly data: object;
  readonly triggerMetadata?: Readonly<Record<string, object>>;
}

export type Invoke = (registered: RegisteredFunction, input: TriggerInput) => Promise<unknown>;

/** The name and the options of the binding that starts the function. */
export function triggerOf({
  metadata,
}: RegisteredFunction): [string, { readonly type: string; readonly [option: string]: unknown }] {
  const trigger = Object.entries(metadata.bindings).find(([, { type }]) => /trigger$/i.test(type));
  if (trigger === undefined) throw new TypeError(`function \`${metadata.name}\` has no trigger`);
  return trigger;
}

/**
 * Runs one invocation as the worker does (`InvocationHandler`): arguments, hooks before, the function, hooks after,
 * response. Returns the converted return value. @throws what the function throws.
 */
export function createInvoke(registry: Registry, log: HostLog): Invoke {
  return async (registered, { data, triggerMetadata }) => {
    const { programmingModel } = registry;
    if (programmingModel === undefined) throw new TypeError('no programming model was set');
    const invocationId = randomUUID();
    const { name } = registered.metadata;
    const [bindingName] = triggerOf(registered);
    const core = {
      invocationId,
      metadata: registered.metadata,
      request: { invocationId, inputData: [{ name: bindingName, data }], triggerMetadata },
      state: undefined as string | undefined,
      log: (level: string, _category: string, message: string) =>
        log(level, `${name} ${invocationId.slice(0, 8)} ${message}`),
    };
    const model = programmingModel.getInvocationModel(core);
    const { context, inputs } = await model.getArguments();
    const hookData = {};
    const before: Record<string, unknown> = {
      hookData,
      inputs,
      functionCallback: registered.callback,
      invocationContext: context,
    };
    core.state = 'preInvocationHooks';
    for (const hook of registry.hooks.preInvocation) await hook(before);
    core.state = 'invocation';
    const after: Record<string, unknown> = {
      hookData,
      inputs,
      invocationContext: context,
      result: null,
      error: null,
    };
    try {
      after['result'] = await model.invokeFunction(
        context,
        before['inputs'] as unknown[],
        before['functionCallback'] as RegisteredFunction['callback'],
      );
    } catch (error) {
      after['error'] = error;
    }
    core.state = 'postInvocationHooks';
    for (const hook of registry.hooks.postInvocation) await hook(after);
    const { error } = after;
    if (error !== null && error !== undefined) {
      log(
        'error',
        `${name} ${invocationId.slice(0, 8)} failed: ${error instanceof Error ? (error.stack ?? '') : JSON.stringify(error)}`,
      );
      throw error;
    }
    return (await model.getResponse(context, after['result'])).returnValue;
  };
}
