import { randomUUID } from 'node:crypto';
import type { Hook, InvocationModel, RegisteredFunction, Registry } from './coreApi.ts';
import type { HostLog } from './hostLog.ts';

/** The input from a trigger to a function: the value of its binding, and the metadata. */
export interface TriggerInput {
  /** By default a new one. */
  readonly invocationId?: string;
  readonly data: object;
  readonly triggerMetadata?: Readonly<Record<string, object>>;
}

export type Invoke = (registered: RegisteredFunction, input: TriggerInput) => Promise<unknown>;

/** The name and the options of the binding that starts the function. @throws TypeError if there is none. */
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
  return async (registered, input) => {
    const { programmingModel, hooks } = registry;
    if (programmingModel === undefined) throw new TypeError('no programming model was set');
    const core = createCoreContext(registered, input, log);
    const model = programmingModel.getInvocationModel(core);
    const { context, inputs } = await model.getArguments();
    const common = { hookData: {}, inputs, invocationContext: context };
    const before = { ...common, functionCallback: registered.callback };
    core.state = 'preInvocationHooks';
    await runHooks(hooks.preInvocation, before);
    core.state = 'invocation';
    const after = { ...common, ...(await attempt(model, before)) };
    core.state = 'postInvocationHooks';
    await runHooks(hooks.postInvocation, after);
    if (after.error !== null && after.error !== undefined) {
      core.log('error', '', `failed: ${toErrorText(after.error)}`);
      throw after.error;
    }
    return (await model.getResponse(context, after.result)).returnValue;
  };
}

/** The context of one invocation as the worker passes it to the programming model. */
function createCoreContext(
  registered: RegisteredFunction,
  { invocationId = randomUUID(), data, triggerMetadata }: TriggerInput,
  log: HostLog,
) {
  const [bindingName] = triggerOf(registered);
  const prefix = `${registered.metadata.name} ${invocationId.slice(0, 8)}`;
  return {
    invocationId,
    metadata: registered.metadata,
    request: { invocationId, inputData: [{ name: bindingName, data }], triggerMetadata },
    state: undefined as string | undefined,
    log: (level: string, _category: string, message: string) => log(level, `${prefix} ${message}`),
  };
}

/** The context of the hooks before an invocation, which may replace the inputs and the function. */
interface PreInvocation {
  readonly invocationContext: unknown;
  readonly inputs: unknown[];
  readonly functionCallback: RegisteredFunction['callback'];
}

async function attempt(
  model: InvocationModel,
  { invocationContext, inputs, functionCallback }: PreInvocation,
): Promise<{ readonly result: unknown; readonly error: unknown }> {
  try {
    const result = await model.invokeFunction(invocationContext, inputs, functionCallback);
    return { result, error: null };
  } catch (error) {
    return { result: null, error };
  }
}

async function runHooks(hooks: readonly Hook[], context: Record<string, unknown>): Promise<void> {
  for (const hook of hooks) await hook(context);
}

function toErrorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? '') : JSON.stringify(error);
}
