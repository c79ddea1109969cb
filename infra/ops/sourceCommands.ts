import type {
  CountedWord,
  SourceFailure,
  SourceProgress,
  UnmatchedDevice,
} from '../../shared/core/ports/eventSources.ts';
import type { EventSource } from '../../shared/domain/vocabulary/eventSource.ts';
import { UsageError } from '../cli/command.ts';
import { ADD_SOURCE } from './addSource.ts';
import {
  toList,
  toResult,
  type OpsCall,
  type OpsCommand,
  type OpsCommands,
  type OpsOptions,
  type OpsResult,
} from './opsCommand.ts';
import { PREVIEW_EVENTS } from './previewEvents.ts';
import { pathOfSource, requireSource, SOURCES } from './sourcePaths.ts';

type Mapping = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The channels by which vendors' events reach the system. */
export const SOURCE_COMMANDS: OpsCommands = {
  'sources add': ADD_SOURCE,
  'sources preview': PREVIEW_EVENTS,
  'sources list': {
    run: async ({ target }) =>
      toList((await target.list(SOURCES)) as readonly EventSource[], toLine),
  },
  'sources show': { checkArgument: requireSource, run: show },
  'sources pull-now': {
    checkArgument: requireSource,
    run: async ({ target, argument: id }) =>
      toResult((await target.request('POST', `${pathOfSource(id)}/pullNow`)) ?? { id }),
  },
  'sources pause': toSwitch(false),
  'sources resume': toSwitch(true),
  'sources unmapped': { checkArgument: requireSource, run: listUnmapped },
  'sources unmatched': { checkArgument: requireSource, run: listUnmatched },
  'sources map': { options: ['field', 'word', 'as'], checkArgument: checkRow, run: map },
};

function toLine({ id, kind, isEnabled, lastEventDateTime, displayName }: EventSource): string {
  const state = isEnabled ? 'enabled' : 'paused ';
  return `${id}  ${kind}  ${state}  ${heard(lastEventDateTime)}  ${displayName}`;
}

function heard(moment: string | undefined): string {
  return moment === undefined ? 'never heard' : `heard ${moment}`;
}

/** What the API answers about a source beside its document. */
interface Status extends Partial<Omit<SourceProgress, 'checkpoint' | 'lease' | 'unmapped'>> {
  readonly secretCount?: number;
  readonly unmappedWordCount?: number;
}

async function show({ target, argument: id }: OpsCall): Promise<OpsResult> {
  const source = (await target.request('GET', pathOfSource(id))) as EventSource;
  const status = (await target.request('GET', `${pathOfSource(id)}/status`)) as Status;
  const { lastAttemptDateTime, lastSuccessDateTime, nextAttemptDateTime, counts, failure } = status;
  return {
    value: { ...source, status },
    lines: [
      toLine(source),
      ...line('last attempt', lastAttemptDateTime),
      ...line('last success', lastSuccessDateTime),
      ...line('not again before', nextAttemptDateTime),
      ...line('secrets', status.secretCount),
      ...Object.entries(counts ?? {}).map(([name, count]) => `${name}: ${String(count)}`),
      ...line('words without a row', status.unmappedWordCount),
      ...(failure === undefined ? [] : [toFailureLine(failure)]),
    ],
    isPartial: failure !== undefined,
  };
}

function line(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [`${name}: ${String(value)}`];
}

function toFailureLine({ code, field, message, sinceDateTime, count }: SourceFailure): string {
  const where = field === undefined ? '' : ` at \`${field}\``;
  return `fails since ${sinceDateTime}, ${String(count)} times: ${code}${where}: ${message}`;
}

function toSwitch(isEnabled: boolean): OpsCommand {
  return {
    options: ['yes'],
    checkArgument: requireSource,
    async run({ target, argument: id, options: { yes } }) {
      const path = `${pathOfSource(id)}${yes ? '?confirm=true' : ''}`;
      const value = await target.request('PATCH', path, { isEnabled });
      return { value, lines: [`${isEnabled ? 'resumed' : 'paused'}: ${id}`] };
    },
  };
}

async function listUnmapped({ target, argument: id }: OpsCall): Promise<OpsResult> {
  const words = (await target.list(`${pathOfSource(id)}/unmapped`)) as readonly CountedWord[];
  return toList(
    words,
    ({ field, word, count, firstDateTime, lastDateTime, example }) =>
      `${field}  ${JSON.stringify(word)}  ${String(count)} times, ${firstDateTime} to ${lastDateTime}\n    ${example}`,
  );
}

interface WaitingDevice extends Omit<UnmatchedDevice, 'sourceId' | 'signals'> {
  readonly signalCount: number;
}

async function listUnmatched({ target, argument: id }: OpsCall): Promise<OpsResult> {
  const found = await target.list(`${pathOfSource(id)}/unmatched`);
  return toList(
    found as readonly WaitingDevice[],
    ({ identifiers, signalCount, firstDateTime, lastDateTime }) =>
      `${identifiers.map(({ name, value }) => `${name} ${value}`).join(', ')}  ${String(signalCount)} facts, ${firstDateTime} to ${lastDateTime}`,
  );
}

function checkRow(id: string, { field, word, as }: OpsOptions): void {
  requireSource(id);
  if ((field === undefined) !== (word === undefined))
    throw new UsageError('--field and --word must be given together');
  if (as !== undefined && field === undefined)
    throw new UsageError('--field and --word are missing: give them from `sources unmapped`');
}

/** Shows the operator's rows; with a field and a word it sets or removes one first. */
async function map({
  target,
  argument: id,
  options: { field, word, as },
}: OpsCall): Promise<OpsResult> {
  const path = `${pathOfSource(id)}/mapping`;
  const value =
    field === undefined || word === undefined
      ? await target.request('GET', path)
      : await target.request('PATCH', path, { [field]: { [word.toLowerCase()]: as ?? null } });
  return { value, lines: toRows(value) };
}

function toRows(value: unknown): readonly string[] {
  const { overrides } = value as { readonly overrides?: Mapping };
  if (overrides === undefined) return [JSON.stringify(value, null, 2)];
  const rows = Object.entries(overrides).flatMap(([field, words]) =>
    Object.entries(words).map(([word, meaning]) => `${field}  ${JSON.stringify(word)}  ${meaning}`),
  );
  return rows.length === 0 ? ['none'] : rows;
}
