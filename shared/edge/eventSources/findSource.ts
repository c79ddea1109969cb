import { ConnectorError } from '../../base/connectorError.ts';
import type { EventSource } from '../../domain/vocabulary/eventSource.ts';
import type { HandlerContext } from '../http/handler.ts';
import type { HttpRequest } from '../http/http.ts';

/** The source in the route. @throws ConnectorError `itemNotFound` */
export async function findSource(
  { params }: HttpRequest,
  { services }: HandlerContext,
): Promise<EventSource> {
  const id = params['id'] ?? '';
  const { eventSources } = await services.configuration.load();
  const found = eventSources.find((each) => each.id === id);
  if (found !== undefined) return found;
  throw new ConnectorError('itemNotFound', `there is no event source \`${id}\``);
}
