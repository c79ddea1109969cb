import type { Server } from 'node:http';
import type { RegisteredFunction } from '../../infra/local/functionsHost/coreApi.ts';
import { createRouteTable } from '../../infra/local/functionsHost/routeTable.ts';
import { createHttpListener, type HttpOptions } from '../../infra/local/functionsHost/serveHttp.ts';
import { listeningPort } from './listeningPort.ts';

/** A request as the host passes it to its function. */
interface PassedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: { readonly bytes: Uint8Array };
}

export interface HostListener {
  readonly server: Server;
  readonly port: number;
  readonly address: string;
  /** The requests that the function got so far. */
  readonly passed: readonly PassedRequest[];
}

const ECHO: RegisteredFunction = {
  metadata: {
    name: 'echo',
    bindings: { trigger: { type: 'httpTrigger', route: 'echo', methods: ['GET', 'HEAD', 'POST'] } },
  },
  callback: () => undefined,
};
/** As `app.generic` registers a trigger that names no methods. */
const ANY_METHOD: RegisteredFunction = {
  metadata: { name: 'any', bindings: { trigger: { type: 'httpTrigger', route: 'any' } } },
  callback: () => undefined,
};

/** Starts the local host's own listener with the functions `echo` and `any`, which answer 200. */
export async function startHostListener(options: Partial<HttpOptions> = {}): Promise<HostListener> {
  const passed: PassedRequest[] = [];
  const server = createHttpListener({
    routes: createRouteTable([ECHO, ANY_METHOD], 'api'),
    functions: new Map(),
    functionKey: undefined,
    runAdmin: () => false,
    invoke: (_, { data }) => {
      passed.push((data as { http: PassedRequest }).http);
      return Promise.resolve({ http: { statusCode: '200' } });
    },
    ...options,
  });
  const port = await listeningPort(server);
  return { server, port, address: `http://127.0.0.1:${String(port)}`, passed };
}
