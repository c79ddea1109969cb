import {
  app,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
} from '@azure/functions';

/** Reports a run to the test and waits for its answer. @throws Error if the test answers with status 400 or above. */
async function report(name: string, seen: unknown): Promise<void> {
  const response = await fetch(`${process.env['REPORT_TO'] ?? ''}/${name}`, {
    method: 'POST',
    body: JSON.stringify(seen),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the test asked ${name} to fail`);
}

async function echo(request: HttpRequest): Promise<HttpResponseInit> {
  const body = Buffer.from(await request.arrayBuffer());
  return {
    status: 201,
    headers: { 'x-seen': 'yes' },
    cookies: [{ name: 'kept', value: 'a b', path: '/front' }],
    jsonBody: {
      method: request.method,
      url: request.url,
      params: request.params,
      query: Object.fromEntries(request.query),
      header: request.headers.get('x-asked'),
      body: body.toString('hex'),
    },
  };
}

app.http('echo', {
  methods: ['GET', 'POST', 'HEAD'],
  authLevel: 'anonymous',
  route: 'things/{id}/{part?}',
  handler: echo,
});
app.http('fixed', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'things/fixed',
  handler: () => ({ body: new Uint8Array([0, 255, 10, 128]) }),
});
app.http('rest', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'files/{*path}',
  handler: ({ params }) => ({ jsonBody: params }),
});
app.http('keyed', { methods: ['GET'], authLevel: 'function', handler: () => ({ body: 'in' }) });
app.http('nothing', { methods: ['GET'], authLevel: 'anonymous', handler: () => ({ status: 204 }) });
app.http('failing', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => Promise.reject(new Error('not to be shown')),
});
app.http('held', {
  methods: ['GET'],
  authLevel: 'anonymous',
  async handler() {
    await report('held', {});
    return { body: 'finished' };
  },
});

app.serviceBusQueue('many', {
  queueName: '%MANY_QUEUE%',
  connection: 'ServiceBusConnection',
  cardinality: 'many',
  handler: (messages, { triggerMetadata }: InvocationContext) =>
    report('many', { messages, triggerMetadata }),
});
app.serviceBusQueue('single', {
  queueName: 'single',
  connection: 'ServiceBusConnection',
  handler: (message, { triggerMetadata }: InvocationContext) =>
    report('single', { message, triggerMetadata }),
});

app.timer('everySecond', {
  schedule: '* * * * * *',
  handler: (timer) => report('everySecond', timer),
});
app.timer('alsoEverySecond', {
  schedule: '* * * * * *',
  handler: (timer) => report('alsoEverySecond', timer),
});
app.timer('yearly', {
  schedule: '0 0 0 1 1 *',
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 0 },
  handler: (timer) => report('yearly', timer),
});

app.hook.appStart(() => report('appStart', {}));
app.hook.appTerminate(() => report('appTerminate', {}));
app.hook.preInvocation(async ({ invocationContext, hookData }) => {
  hookData['marked'] = 'before';
  if (invocationContext.functionName === 'nothing') await report('before', {});
});
app.hook.postInvocation(async ({ invocationContext, hookData, error }) => {
  if (invocationContext.functionName === 'nothing') await report('after', hookData);
  if (invocationContext.functionName === 'failing') await report('after', { error: String(error) });
});
