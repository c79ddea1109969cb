import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { startFunctionsHost } from '../../infra/local/functionsHost/startFunctionsHost.ts';
import { ingestRequest, type IngestDependencies } from '../../shared/core/ingest/ingestRequest.ts';
import { verifyWebhookSignature } from '../../shared/core/ingest/verifyWebhookSignature.ts';
import { MAC } from './benchMac.ts';
import { packSignals } from '../../shared/core/devices/packSignals.ts';
import { acceptByHand } from './acceptByHand.ts';

/**
 * A server process, so that only the work of serving counts. `core` and `by hand` create the messages but queue none.
 * `functions` is the function itself, with the broker of the settings.
 */
const [, , kind = ''] = process.argv;
const secret = Buffer.from(process.env['BENCH_SECRET'] ?? '', 'base64');
let bytes = 0;

const dropping: IngestDependencies = {
  log: console,
  signals: {
    send: (accepted) => {
      for (const { text } of packSignals(accepted, MAC.macOf)) bytes += text.length;
      return Promise.resolve();
    },
  },
  quarantine: {
    store: () => Promise.reject(new TypeError('nothing is rejected here')),
    list: () => Promise.resolve({ items: [] }),
    load: () => Promise.resolve(undefined),
    remove: () => Promise.resolve(),
  },
};

async function acceptByCore(
  { headers }: IncomingMessage,
  body: Buffer,
): Promise<{ readonly status: number; readonly answer: object }> {
  const now = new Date();
  const id = String(headers['webhook-id']);
  const fault = verifyWebhookSignature(
    {
      id,
      timestamp: String(headers['webhook-timestamp']),
      signature: String(headers['webhook-signature']),
      body,
    },
    [secret],
    now,
  );
  if (fault !== undefined) return { status: 401, answer: {} };
  const answer = await ingestRequest(dropping, {
    source: 'webhook',
    body,
    contentType: String(headers['content-type']),
    requestId: id,
    receivedDateTime: now.toISOString(),
  });
  return { status: 202, answer };
}

function serve(
  accept: (
    request: IncomingMessage,
    body: Buffer,
  ) =>
    | { readonly status: number; readonly answer: object }
    | Promise<{ readonly status: number; readonly answer: object }>,
): void {
  const answerOne = async (
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): Promise<void> => {
    const { status, answer } = await accept(request, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answerOne(request, Buffer.concat(chunks), response).catch(() =>
        response.writeHead(500).end(),
      );
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ address: `http://127.0.0.1:${String(port)}/` });
  });
}

if (kind === 'core') serve(acceptByCore);
else if (kind === 'by hand')
  serve((request, body) => acceptByHand(request.headers, body, secret, (size) => (bytes += size)));
else {
  const scriptRoot = resolve(import.meta.dirname, '../..');
  const { address } = await startFunctionsHost({
    scriptRoot,
    entryPoints: 'functions/{partner/receivePartnerWebhook,background/httpStreaming}.ts',
  });
  process.send?.({ address: `${address}/api/webhooks/sep-mobile` });
}
process.on('message', () => process.send?.({ cpu: process.cpuUsage(), bytes }));
process.on('disconnect', () => process.exit(0));
