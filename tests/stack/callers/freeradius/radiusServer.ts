import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackDescription } from '../../../../infra/local/stack/startStack.ts';
import { createAuthority, type Authority, type Identity } from '../../../support/certificates.ts';
import { deployedFile } from '../../../support/deployedFile.ts';
import { startFrontEnd, type FrontEnd } from '../../../support/frontEnd.ts';
import { startProgram } from '../../../support/program.ts';

export const FREERADIUS = '/usr/sbin/freeradius';
export const RLM_REST = '/usr/lib/freeradius/rlm_rest.so';
export const RADCLIENT = '/usr/bin/radclient';
export const EAPOL_TEST = '/usr/bin/eapol_test';

const SECRET = 'between-us';

/** The attributes that an access point sends for a device without a certificate. */
interface MacLogin {
  readonly userName: string;
  readonly callingStationId: string;
  readonly password?: string;
}

export interface RadiusAnswer {
  readonly code: 'Access-Accept' | 'Access-Reject' | 'none';
  /** `name = value` as `radclient` prints them. */
  readonly attributes: readonly string[];
}

/** A real FreeRADIUS that asks a local system. */
export interface RadiusServer {
  /** Issues the certificates of the devices. */
  readonly devices: Authority;
  readonly frontEnd: FrontEnd;
  loginByMac(login: MacLogin): Promise<RadiusAnswer>;
  /** Logs in by 802.1X and EAP-TLS, as a phone does. */
  loginByCertificate(device: Identity): Promise<{
    readonly isAccepted: boolean;
    /** The output of `eapol_test`. */
    readonly output: string;
  }>;
  stop(): Promise<void>;
}

/** Starts FreeRADIUS with the files of `infra/callers`, in a folder of its own. */
export async function startRadiusServer({
  api,
  callerKeys,
}: StackDescription): Promise<RadiusServer> {
  const folder = mkdtempSync(join(tmpdir(), 'mtd-radius-'));
  const devices = await createAuthority('Devices of Contoso');
  const own = await devices.issueServer();
  const frontEnd = await startFrontEnd(api);
  const port = await freeUdpPort();
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const ca = write('devices.pem', devices.certificate);
  const deploy = (path: string, as: string, replacements: Record<string, string>): void => {
    write(as, deployedFile(`freeradius/${path}`, replacements));
  };
  for (const each of ['mods-enabled', 'policy.d', 'sites-enabled']) mkdirSync(join(folder, each));
  deploy('mods-available/mobile_threat_defense', 'mods-enabled/mobile_threat_defense', {
    'REPLACE_SERVICE_HOST:443': `127.0.0.1:${String(frontEnd.port)}`,
    REPLACE_SERVICE_CA: write('service.pem', frontEnd.certificate),
  });
  deploy('mods-available/device_eap', 'mods-enabled/device_eap', {
    REPLACE_RADIUS_CERTIFICATE: write('radius.pem', own.certificate),
    REPLACE_RADIUS_KEY: write('radius.key', own.key),
    REPLACE_DEVICE_CA: ca,
  });
  deploy('policy.d/mobile_threat_defense', 'policy.d/mobile_threat_defense', {
    REPLACE_KEY: callerKeys.radius,
  });
  deploy('sites-available/mobile_threat_defense', 'sites-enabled/mobile_threat_defense', {
    'ipaddr = *': 'ipaddr = 127.0.0.1',
    'port = 1812': `port = ${String(port)}`,
  });
  deploy('clients.conf', 'clients.conf', {
    REPLACE_ACCESS_POINTS: '127.0.0.1',
    REPLACE_SECRET: SECRET,
  });
  deploy('dictionary.mobile_threat_defense', 'dictionary', {});
  write('radiusd.conf', mainConfiguration(folder));
  const server = await startProgram(
    [FREERADIUS, '-f', '-l', 'stdout', '-d', folder, '-n', 'radiusd'],
    (output) => output.includes('Ready to process requests'),
  );
  return {
    devices,
    frontEnd,
    loginByMac: (login) => loginByMac(port, login),
    async loginByCertificate({ certificate, key }) {
      const network = `network={
key_mgmt=IEEE8021X
eap=TLS
identity="anonymous"
ca_cert="${ca}"
client_cert="${write('phone.pem', certificate)}"
private_key="${write('phone.key', key)}"
}
`;
      const file = write('eapol_test.conf', network);
      const output = await run(
        [EAPOL_TEST, `-c${file}`, '-a127.0.0.1', `-p${String(port)}`, `-s${SECRET}`, '-t10', '-r0'],
        '',
      );
      return { isAccepted: output.trimEnd().endsWith('SUCCESS'), output };
    },
    async stop() {
      await server.stop();
      await frontEnd.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The parts of a distribution's `radiusd.conf` that the site needs, in one folder. */
function mainConfiguration(folder: string): string {
  return `prefix = ${folder}
confdir = ${folder}
logdir = ${folder}
run_dir = ${folder}
libdir = /usr/lib/freeradius
max_requests = 1024
security {
	allow_vulnerable_openssl = yes
	reject_delay = 0
}
thread pool {
	start_servers = 2
	max_servers = 8
	min_spare_servers = 1
	max_spare_servers = 4
	max_requests_per_server = 0
}
$INCLUDE clients.conf
modules {
	always reject {
		rcode = reject
	}
	expr {
	}
	$INCLUDE mods-enabled/
}
policy {
	$INCLUDE policy.d/
}
$INCLUDE sites-enabled/
`;
}

async function loginByMac(
  port: number,
  { userName, callingStationId, password = userName }: MacLogin,
): Promise<RadiusAnswer> {
  const request = `User-Name = "${userName}"
User-Password = "${password}"
Calling-Station-Id = "${callingStationId}"
Message-Authenticator = 0x00
`;
  const output = await run(
    [RADCLIENT, '-x', '-r', '1', '-t', '10', `127.0.0.1:${String(port)}`, 'auth', SECRET],
    request,
  );
  const [, answer] = output.split(/^Received /m);
  const [first = '', ...attributes] = (answer ?? 'none').split('\n');
  return {
    code: first.split(' ')[0] as RadiusAnswer['code'],
    attributes: attributes.filter((line) => line.startsWith('\t')).map((line) => line.trim()),
  };
}

/** The output of a program, whatever its exit code is. */
async function run(
  [command = '', ...parameters]: readonly string[],
  input: string,
): Promise<string> {
  const child = spawn(command, parameters);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // A program may end before it has read all its input.
  child.stdin.once('error', () => undefined);
  child.stdin.end(input);
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}
