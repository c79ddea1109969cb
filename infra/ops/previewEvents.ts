import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { findUnread } from '../../shared/core/eventSources/findUnread.ts';
import { isGzip } from '../../shared/core/eventSources/isGzip.ts';
import { READERS } from '../../shared/core/eventSources/kinds/readers.ts';
import { readSourceItem } from '../../shared/core/eventSources/readSourceItem.ts';
import { splitEvents } from '../../shared/core/eventSources/splitEvents.ts';
import type { EventSourceKind } from '../../shared/domain/vocabulary/eventSource.ts';
import { UsageError } from '../cli/command.ts';
import type { OpsCommand } from './opsCommand.ts';
import { pathOfSource, readKind } from './sourcePaths.ts';

/** The largest body that the API takes, unpacked. */
const MAX_LENGTH_IN_BYTES = 1_048_576;

/** What the events of a file would become. Nothing changes. */
export const PREVIEW_EVENTS: OpsCommand = {
  options: ['source', 'kind'],
  checkArgument(file, { source, kind }) {
    if (file === '') throw new UsageError('the file with the events is missing');
    if ((source === undefined) === (kind === undefined))
      throw new UsageError('give either --source ID or --kind KIND');
    if (kind !== undefined) readKind(kind);
  },
  async run({ target, argument: file, options: { source, kind } }) {
    const body = readEvents(file);
    const value =
      source === undefined
        ? previewKind(readKind(kind), body)
        : await target.request('POST', `${pathOfSource(source)}/preview`, body);
    return { value, lines: [JSON.stringify(value, null, 2)] };
  },
};

/** @throws Error if the file cannot be read, or is larger than the API takes. */
function readEvents(file: string): Buffer {
  const content = readFileSync(file);
  const body = isGzip(content)
    ? gunzipSync(content, { maxOutputLength: MAX_LENGTH_IN_BYTES })
    : content;
  if (body.length <= MAX_LENGTH_IN_BYTES) return body;
  throw new Error(`\`${file}\` is larger than ${String(MAX_LENGTH_IN_BYTES)} bytes`);
}

/** Reads the events as a source of this kind without overrides does. Whose device it is, only a system knows. */
function previewKind(kind: EventSourceKind, body: Buffer): object {
  const receivedDateTime = new Date().toISOString();
  const value = splitEvents(body).map((item, index) => {
    const { rejections: problems, ...read } = readSourceItem(item, READERS[kind], {
      sourceId: kind.toLowerCase(),
      arrival: { receivedDateTime, requestId: 'preview', index },
      overrides: {},
    });
    return { index, ...read, unread: item.ok ? findUnread(kind, item.event) : [], problems };
  });
  return { value };
}
