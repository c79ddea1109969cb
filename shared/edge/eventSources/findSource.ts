import type { EventSource } from '../../domain/vocabulary/eventSource.ts';
import { findEventSource } from '../../core/eventSources/findEventSource.ts';
import type { HandlerContext } from '../http/handler.ts';
import type { HttpRequest } from '../http/http.ts';

/** The source in the route. @throws ConnectorError `itemNotFound` */
export async function findSource(
  { params }: HttpRequest,
  { services }: HandlerContext,
): Promise<EventSource> {
  return findEventSource(await services.configuration.load(), params['id'] ?? '');
}
