import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';

export interface FrontEnd {
  /** `https://127.0.0.1:…`. */
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * Stands before a local system as App Service's front end does before a deployed one: ends TLS, and says so to who is
 * behind. For clients that speak https alone.
 */
export async function startFrontEnd(origin: string): Promise<FrontEnd> {
  const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, pems.cert]);
  const server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
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
  return {
    address: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stop: () =>
      new Promise((resolve) => {
        setDefaultCACertificates(trusted);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
