import type { Services } from '../../core/services.ts';
import { toStream } from './eventStream.ts';
import { sealStream } from './sealedHeader.ts';

/**
 * Seals the headers of push streams by the newest key while two keys are set, so the old key can be removed. A header in
 * clear waits for the next change of its stream, because the first release cannot open a sealed one. Returns how many
 * streams were changed; one that is changed at the same time is sealed by that change, or by the next run.
 */
export async function resealStreams({
  config: { ssf },
  documents,
  eventStreams,
}: Pick<Services, 'config' | 'documents' | 'eventStreams'>): Promise<number> {
  if (ssf === undefined || ssf.signingKeys.length < 2) return 0;
  let count = 0;
  for (const stored of await documents.listKind('eventStream')) {
    const stream = toStream(stored);
    const isInClear = 'authorization_header' in stream.delivery;
    const sealed = isInClear ? stream : sealStream(ssf, stream);
    if (sealed === stream) continue;
    if ((await documents.saveDocument(sealed, stored.etag)) !== 'conflict') count += 1;
  }
  if (count > 0) eventStreams.forget();
  return count;
}
