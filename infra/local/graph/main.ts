import { runPart } from '../runPart.ts';
import { startGraphServer } from './startGraphServer.ts';

const identityHeader = process.env['GRAPH_IDENTITY_HEADER'];
if (!identityHeader) throw new Error('setting `GRAPH_IDENTITY_HEADER` is missing');

const snapshotFile = process.env['GRAPH_SNAPSHOT_FILE'];

await runPart(() =>
  startGraphServer({
    port: Number(process.env['LOCAL_PORT'] ?? 0),
    identityHeader,
    ...(snapshotFile ? { snapshotFile } : {}),
  }),
);
