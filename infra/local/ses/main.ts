import { runPart } from '../runPart.ts';
import { startSesServer } from './startSesServer.ts';

const { LOCAL_PORT, SES_CREDENTIAL, SES_LOCAL_KEY } = process.env;
if (!SES_CREDENTIAL || !SES_LOCAL_KEY)
  throw new Error('settings `SES_CREDENTIAL` and `SES_LOCAL_KEY` are required');

await runPart(() =>
  startSesServer({
    port: Number(LOCAL_PORT ?? 0),
    credential: SES_CREDENTIAL,
    localKey: SES_LOCAL_KEY,
    streamId: 'local-stream',
    channelId: 'local-channel',
  }),
);
