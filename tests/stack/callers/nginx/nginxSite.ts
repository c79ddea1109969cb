import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../../infra/local/stack/freePort.ts';
import type { StackDescription } from '../../../../infra/local/stack/startStack.ts';
import { createAuthority, type Authority, type Identity } from '../../../support/certificates.ts';
import { deployedFile } from '../../../support/deployedFile.ts';
import { startFrontEnd, type FrontEnd } from '../../../support/frontEnd.ts';
import { isListening, startProgram } from '../../../support/program.ts';
import { listeningPort } from '../../../support/listeningPort.ts';
import { stopServer } from '../../../support/stopServer.ts';

export const NGINX = '/usr/sbin/nginx';

interface Page {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Browsing {
  readonly device?: Identity;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
}

/** A site behind a real nginx that asks a local system. */
export interface NginxSite {
  /** Issues the certificates of the devices. */
  readonly devices: Authority;
  readonly frontEnd: FrontEnd;
  /** The requests that reached the application behind nginx, since the test emptied the list. */
  readonly asked: { readonly method: string; readonly headers: IncomingHttpHeaders }[];
  browse(browsing?: Browsing): Promise<Page>;
  stop(): Promise<void>;
}

/** Starts nginx with the file of `infra/callers`, in a folder of its own, in front of an application that answers `payroll`. */
export async function startNginxSite({ api, callerKeys }: StackDescription): Promise<NginxSite> {
  const folder = mkdtempSync(join(tmpdir(), 'mtd-nginx-'));
  const devices = await createAuthority('Devices of Contoso');
  const site = await devices.issueServer();
  const frontEnd = await startFrontEnd(api);
  const asked: NginxSite['asked'] = [];
  const application = createServer(({ method = '', headers }, response) => {
    asked.push({ method, headers });
    response.end('payroll');
  });
  const applicationPort = await listeningPort(application);
  const port = await freePort();
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  mkdirSync(join(folder, 'conf.d'));
  write(
    'conf.d/mobile-threat-defense.conf',
    deployedFile('nginx/mobile-threat-defense.conf', {
      'REPLACE_SERVICE_HOST:443': `127.0.0.1:${String(frontEnd.port)}`,
      'listen 443': `listen 127.0.0.1:${String(port)}`,
      REPLACE_SERVICE_HOST: '127.0.0.1',
      REPLACE_SERVICE_CA: write('service.pem', frontEnd.certificate),
      REPLACE_SITE_HOST: 'localhost',
      REPLACE_SITE_CERTIFICATE: write('site.pem', site.certificate),
      REPLACE_SITE_KEY: write('site.key', site.key),
      REPLACE_DEVICE_CA: write('devices.pem', devices.certificate),
      REPLACE_APPLICATION: `127.0.0.1:${String(applicationPort)}`,
      REPLACE_RESOURCE: 'companyApp:payroll',
      REPLACE_KEY: callerKeys.proxy,
    }),
  );
  const main = write('nginx.conf', mainConfiguration(folder));
  const nginx = await startProgram([NGINX, '-p', folder, '-c', main], () => isListening(port));
  return {
    devices,
    frontEnd,
    asked,
    browse: (browsing = {}) => browse(port, devices.certificate, browsing),
    async stop() {
      await nginx.stop();
      await stopServer(application);
      await frontEnd.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The parts of a distribution's `nginx.conf` that the site needs, in the foreground and in one folder. */
function mainConfiguration(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
access_log off;
${temporary.join('\n')}
include ${folder}/conf.d/*.conf;
}
`;
}

/** A browser's request, with the device's certificate if it has one. */
function browse(
  port: number,
  ca: string,
  { device, headers, method = 'GET', path = '/' }: Browsing,
): Promise<Page> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        ca,
        agent: false,
        headers: { accept: 'text/html', ...headers },
        ...(device === undefined ? {} : { cert: device.certificate, key: device.key }),
      },
      (response) => {
        const { statusCode: status = 0, headers: answered } = response;
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status, headers: answered, body }));
      },
    );
    outgoing.once('error', reject);
    outgoing.end();
  });
}
