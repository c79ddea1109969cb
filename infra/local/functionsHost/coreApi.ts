import Module from 'node:module';

/** A binding as `@azure/functions` registers it: its type and its options. */
interface Binding {
  readonly type: string;
  readonly direction?: string;
  readonly [option: string]: unknown;
}

interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: RetryOptions;
}

export interface RetryOptions {
  readonly retryStrategy?: 'fixedDelay' | 'exponentialBackoff';
  readonly maxRetryCount?: number;
  readonly delayInterval?: { readonly seconds?: number | string };
  readonly minimumInterval?: { readonly seconds?: number | string };
  readonly maximumInterval?: { readonly seconds?: number | string };
}

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: (...args: unknown[]) => unknown;
}

export interface InvocationModel {
  getArguments(): Promise<{ readonly context: unknown; readonly inputs: unknown[] }>;
  invokeFunction(
    context: unknown,
    inputs: unknown[],
    callback: RegisteredFunction['callback'],
  ): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ readonly returnValue?: unknown }>;
}

interface ProgrammingModel {
  getInvocationModel(coreContext: object): InvocationModel;
  getCapabilities?(capabilities: object): Promise<object>;
}

type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';
export type Hook = (context: Record<string, unknown>) => unknown;

/** The functions and hooks that an app has registered with the host. */
export interface Registry {
  readonly functions: Map<string, RegisteredFunction>;
  readonly hooks: Record<HookName, Hook[]>;
  programmingModel: ProgrammingModel | undefined;
}

class Disposable {
  readonly dispose: () => void;

  constructor(dispose: () => void) {
    this.dispose = dispose;
  }
}

/**
 * Provides the module `@azure/functions-core` to `@azure/functions`, as the real host does
 * (azure-functions-nodejs-worker, `setupCoreModule`). One registry per process, because one worker runs one app.
 */
export function provideCoreApi(log: (level: string, message: string) => void): Registry {
  const registry: Registry = {
    functions: new Map(),
    hooks: { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [], log: [] },
    programmingModel: undefined,
  };
  const core = createCoreModule(registry, log);
  const loader: { require: (this: unknown, id: string) => unknown } = Module.prototype;
  const { require: load } = loader;
  loader.require = function requireOrCore(id) {
    return id === '@azure/functions-core' ? core : load.call(this, id);
  };
  return registry;
}

function createCoreModule(
  registry: Registry,
  log: (level: string, message: string) => void,
): object {
  return {
    version: '4.0.0',
    hostVersion: '4.1000.0',
    Disposable,
    registerFunction(
      metadata: FunctionMetadata,
      callback: RegisteredFunction['callback'],
    ): Disposable {
      if (registry.functions.has(metadata.name)) {
        throw new TypeError(`a function named \`${metadata.name}\` is already registered`);
      }
      registry.functions.set(metadata.name, { metadata, callback });
      return new Disposable(() => registry.functions.delete(metadata.name));
    },
    setProgrammingModel(model: ProgrammingModel): void {
      registry.programmingModel = model;
    },
    getProgrammingModel: () => registry.programmingModel,
    registerHook(name: HookName, callback: Hook): Disposable {
      const hooks = registry.hooks[name];
      if (hooks === undefined) throw new RangeError(`there is no hook \`${name}\``);
      hooks.push(callback);
      return new Disposable(() => void hooks.splice(hooks.indexOf(callback), 1));
    },
    log: (level: string, _category: string, message: string): void => log(level, message),
  };
}
