import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';
import { listeningPort } from './listeningPort.ts';
import { stopServer } from './stopServer.ts';

/** A received request. */
interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  /** Alternating names and values, as received. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface FrontEnd {
  /** `https://127.0.0.1:…`. */
  readonly address: string;
  readonly port: number;
  /** Its certificate, which clients have to trust. */
  readonly certificate: string;
  /** The requests so far. */
  readonly received: readonly ReceivedRequest[];
  stop(): Promise<void>;
}

/**
 * A stand-in for App Service's front end, for clients that only support https: it terminates TLS, forwards to a local
 * system and sets `x-forwarded-proto`. A function as `origin` names a system that starts later.
 */
export async function startFrontEnd(origin: string | (() => string)): Promise<FrontEnd> {
  const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, pems.cert]);
  const received: ReceivedRequest[] = [];
  const server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      received.push({ method, url, rawHeaders, body: Buffer.concat(chunks).toString() });
    });
    const headers = { ...request.headers, 'x-forwarded-proto': 'https' };
    const onward = forward(
      new URL(request.url ?? '/', typeof origin === 'string' ? origin : origin()),
      { method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  const port = await listeningPort(server);
  return {
    address: `https://127.0.0.1:${String(port)}`,
    port,
    certificate: pems.cert,
    received,
    stop() {
      setDefaultCACertificates(trusted);
      return stopServer(server);
    },
  };
}
