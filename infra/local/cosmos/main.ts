import { runPart } from '../runPart.ts';
import { startCosmosServer } from './startCosmosServer.ts';

const key = process.env['COSMOS_KEY'];
if (!key) throw new Error('setting `COSMOS_KEY` is missing');

await runPart(() =>
  startCosmosServer({
    port: Number(process.env['LOCAL_PORT'] ?? 0),
    file: process.env['COSMOS_FILE'] ?? ':memory:',
    key,
  }),
);
