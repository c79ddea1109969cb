import { ConnectorError } from '../../base/connectorError.ts';
import { EVENT_SOURCES } from '../../core/configuration/managedKinds.ts';
import { readSourceItems } from '../../core/eventSources/readSourceItems.ts';
import { splitEvents } from '../../core/eventSources/splitEvents.ts';
import { unpackBody } from '../../core/eventSources/unpackBody.ts';
import { COST_OF_A_PAGE } from '../../core/decisions/rateLimit.ts';
import { findUnread } from '../../core/eventSources/findUnread.ts';
import { isPulledKind } from '../../domain/vocabulary/eventSource.ts';
import { costOfPage } from '../http/costOfPage.ts';
import type { Handler } from '../http/handler.ts';
import { noStore } from '../http/noStore.ts';
import { PAGING_OPTIONS, replyWithPage } from '../http/paging.ts';
import { rejectUnknownOptions } from '../http/queryOptions.ts';
import { readBody } from '../http/readBody.ts';
import { manageDocument } from '../management/manageDocuments.ts';
import { requireConfigurationRole } from '../management/requireConfigurationRole.ts';
import { findSource } from './findSource.ts';
import { EVENT_CODINGS } from './readSourceRequest.ts';

/** Deletes the source, and what is remembered of it. What it reported stays with the devices, and does not count. */
export const deleteSource: Handler = async (request, context) => {
  const { sourceProgress } = context.services;
  const id = request.params['id'] ?? '';
  try {
    const reply = await manageDocument(EVENT_SOURCES).DELETE(request, context);
    await sourceProgress.remove(id);
    return reply;
  } catch (error) {
    // An earlier attempt may have ended halfway. A new source with this id would go on where the old one was.
    const isGone = error instanceof ConnectorError && error.code === 'itemNotFound';
    if (isGone && EVENT_SOURCES.ownIds?.test(id) === true) await sourceProgress.remove(id);
    throw error;
  }
};

/** Lists the words of the source that have no row in its mapping, the most frequent first. */
export const listUnmapped: Handler = async (request, context) => {
  await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { id } = await findSource(request, context);
  const { progress } = await context.services.sourceProgress.load(id);
  return noStore({ status: 200, jsonBody: { value: progress.unmapped } });
};

/**
 * Lists the devices that the source reports on and nobody has enrolled, the latest first. It shows their identifiers,
 * because an operator needs them to enrol the device; whoever may read the configuration may read those of devices too.
 */
export const listUnmatched: Handler = async (request, context) => {
  await requireConfigurationRole(request, context, { cost: costOfPage(request) });
  rejectUnknownOptions(request, PAGING_OPTIONS);
  const { services } = context;
  const { id } = await findSource(request, context);
  return replyWithPage(request, services.config, async (top, continuation) => {
    const page = await services.unmatched.list(id, top, continuation);
    return {
      ...page,
      items: page.items.map(({ identifiers, signals, firstDateTime, lastDateTime }) => ({
        identifiers,
        signalCount: signals.length,
        firstDateTime,
        lastDateTime,
      })),
    };
  });
};

/** Shows how the source works: its last success, its failure, its counts. No secret is in it. */
export const showStatus: Handler = async (request, context) => {
  await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { services } = context;
  const source = await findSource(request, context);
  const { progress } = await services.sourceProgress.load(source.id);
  const { checkpoint: _, lease: __, unmapped, ...shown } = progress;
  const secrets = services.config.eventSourceSecrets.get(source.id) ?? [];
  return noStore({
    status: 200,
    jsonBody: {
      id: source.id,
      isEnabled: source.isEnabled,
      isPulled: isPulledKind(source.kind),
      secretCount: secrets.length,
      ...(source.lastEventDateTime === undefined
        ? {}
        : { lastEventDateTime: source.lastEventDateTime }),
      ...shown,
      unmappedWordCount: unmapped.length,
    },
  });
};

const MAX_PREVIEWED = 100;

/** Shows what the first hundred of pasted events would become. Changes nothing, so who may only read may ask. */
export const preview: Handler = async (request, context) => {
  await requireConfigurationRole(request, context, { access: 'read', cost: COST_OF_A_PAGE });
  rejectUnknownOptions(request, []);
  const source = await findSource(request, context);
  const { services, requestId } = context;
  const body = unpackBody(await readBody(request, EVENT_CODINGS));
  const items = splitEvents(body).slice(0, MAX_PREVIEWED);
  const receivedDateTime = services.now().toISOString();
  const arrival = { receivedDateTime, requestId };
  const { events } = await readSourceItems(services.eventDevices, source, items, arrival);
  const value = events.map(({ index, read, deviceIds }) => {
    const { identifiers, signals, unmapped, rejections, isAboutPhone } = read;
    const item = items[index];
    return {
      index,
      isAboutPhone,
      identifiers,
      deviceIds,
      signals,
      unmapped,
      unread: item?.ok === true ? findUnread(source.kind, item.event) : [],
      problems: rejections,
    };
  });
  return noStore({ status: 200, jsonBody: { value } });
};
