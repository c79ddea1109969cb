import { runPart } from '../runPart.ts';
import { startIssuer, type IssuerClient } from './startIssuer.ts';

const { LOCAL_PORT, ISSUER_AUDIENCE, ISSUER_CLIENTS, ISSUER_KEY_FILE } = process.env;

await runPart(() =>
  startIssuer({
    port: Number(LOCAL_PORT ?? 0),
    audience: ISSUER_AUDIENCE ?? 'api://mobile-threat-defense',
    clients: JSON.parse(ISSUER_CLIENTS ?? '[]') as IssuerClient[],
    ...(ISSUER_KEY_FILE ? { keyFile: ISSUER_KEY_FILE } : {}),
  }),
);
