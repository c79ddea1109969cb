import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { OuterClient } from '../../../infra/local/demo/outerClient.ts';
import type { Stack } from '../../../infra/local/stack/startStack.ts';
import { startCloudflareTeam } from '../../support/cloudflareTeam.ts';
import { AUTHENTICATION_EVENTS } from '../../support/quietSettings.ts';
import { signToken } from '../../support/signToken.ts';
import type { Target } from './fuzz.ts';
import { listeningPort } from '../../support/listeningPort.ts';
import { stopServer } from '../../support/stopServer.ts';

const AUDIENCE = 'the-posture-api';
const LIFETIME_IN_SECONDS = 3600;

/** The system's neighbours: a team of Cloudflare Access, and a webhook receiver that always consents. */
export interface Surroundings {
  /** The system's settings about them. */
  readonly settings: Readonly<Record<string, string>>;
  toTarget(stack: Stack, stateFolder: string): Target;
  stop(): Promise<void>;
}

export async function startSurroundings(): Promise<Surroundings> {
  const team = await startCloudflareTeam();
  const receiver = createServer((request, response) => {
    request.resume();
    response.writeHead(204, { 'webhook-allowed-origin': '*' }).end();
  });
  const port = await listeningPort(receiver);
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const cloudflare = (claims: object): Promise<string> =>
    team.sign({ ...claims, exp: Math.floor(Date.now() / 1000) + LIFETIME_IN_SECONDS });
  return {
    settings: {
      // No device leaves Intune here, so frequent syncs would only cost time.
      ENROLMENT_SYNC_SCHEDULE: '0 0 * * * *',
      EVENT_SOURCE_PULL_SCHEDULE: '0 0 * * * *',
      CLOUDFLARE_TEAM_DOMAIN: team.domain,
      CLOUDFLARE_ACCESS_AUDIENCES: AUDIENCE,
      CLOUDFLARE_EVALUATION_KEYS: Buffer.from(privateKey).toString('base64'),
    },
    toTarget: (stack, stateFolder) => ({
      api: stack.description.api,
      workerPid: () => stack.workerPid(),
      // New ones each time, since tokens expire.
      async readKeys() {
        const { description } = stack;
        const client = new OuterClient(description);
        const names = ['admin', 'caller', 'receiver', 'sepMobile'] as const;
        return {
          tokens: await Promise.all(names.map((name) => client.token(name))),
          receiver: await client.token('receiver'),
          entra: await signToken(stateFolder, description, { azp: AUTHENTICATION_EVENTS }),
          cloudflare: await cloudflare({
            type: 'app',
            aud: [AUDIENCE],
            common_name: 'fuzz.access',
            sub: '',
          }),
          evaluation: await cloudflare({
            nonce: 'once',
            identity: { email: 'ada@contoso.example' },
          }),
          callerKeys: description.callerKeys,
          webhookSecret: description.webhookSecret,
          webhookReceiver: `http://127.0.0.1:${String(port)}/hook`,
        };
      },
    }),
    async stop() {
      await team.stop();
      await stopServer(receiver);
    },
  };
}
