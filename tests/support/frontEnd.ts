import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';

/** A request as it came. */
interface HeardRequest {
  readonly method: string;
  readonly url: string;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface FrontEnd {
  /** `https://127.0.0.1:…`. */
  readonly address: string;
  readonly port: number;
  /** Its certificate, by which its clients know it. */
  readonly certificate: string;
  /** What has come so far. */
  readonly heard: readonly HeardRequest[];
  stop(): Promise<void>;
}

/**
 * Stands before a local system as App Service's front end does before a deployed one: ends TLS, and says so to who is
 * behind. For clients that speak https alone.
 */
export async function startFrontEnd(origin: string): Promise<FrontEnd> {
  const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, pems.cert]);
  const heard: HeardRequest[] = [];
  const server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      heard.push({ method, url, rawHeaders, body: Buffer.concat(chunks).toString() });
    });
    const headers = { ...request.headers, 'x-forwarded-proto': 'https' };
    const onward = forward(
      new URL(request.url ?? '/', origin),
      { method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `https://127.0.0.1:${String(port)}`,
    port,
    certificate: pems.cert,
    heard,
    stop: () =>
      new Promise((resolve) => {
        setDefaultCACertificates(trusted);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
