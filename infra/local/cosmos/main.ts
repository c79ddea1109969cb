import { runPart } from '../runPart.ts';
import { startCosmosServer } from './startCosmosServer.ts';

await runPart(() =>
  startCosmosServer({
    port: Number(process.env['LOCAL_PORT'] ?? 0),
    file: process.env['COSMOS_FILE'] ?? ':memory:',
    key: process.env['COSMOS_KEY'] ?? '',
  }),
);
