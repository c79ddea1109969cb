import type { Database } from '@azure/cosmos';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import {
  publicationDueDateTime,
  type Publication,
} from '../../domain/announcements/publication.ts';
import { defined } from '../../base/defined.ts';
import { findProblems } from '../../base/validation/findProblems.ts';
import { DateTimeSchema, IdSchema } from '../../core/schemas/commonSchemas.ts';
import type { PublicationStore } from '../../core/ports/publications.ts';
import { AnnouncementSchema } from '../../core/schemas/announcementSchema.ts';
import { DEVICES_CONTAINER } from '../../resources.ts';
import { readItem, saveIfUnchanged } from './cosmosItems.ts';
import { pagesOfDeviceIds } from './cosmosQueries.ts';

/** Longer than a phone's life. After a longer silence, the device's next announcement would wait ten minutes. */
const RETENTION_IN_SECONDS = 5 * 365 * 24 * 60 * 60;

/** Differs from the device's own document, whose id is that of its partition. */
function idOf(deviceId: string): string {
  return `publication:${deviceId}`;
}

const PublicationSchema = Compile(
  Type.Object({
    deviceId: IdSchema,
    beganDateTime: Type.Optional(DateTimeSchema),
    nextSequence: Type.Integer({ minimum: 1 }),
    behind: Type.Record(
      Type.String(),
      Type.Object({
        sequence: Type.Integer({ minimum: 1 }),
        attempt: Type.Integer({ minimum: 0 }),
        notedDateTime: DateTimeSchema,
        dueDateTime: DateTimeSchema,
        code: Type.String(),
      }),
    ),
    announcements: Type.Array(AnnouncementSchema),
    gapSinceDateTime: Type.Optional(DateTimeSchema),
    skipped: Type.Array(Type.Integer({ minimum: 1 })),
  }),
);

/**
 * The publication of each device, in its own document: the publisher and the evaluation must not write the same one.
 */
export function createCosmosPublicationStore(database: Database): PublicationStore {
  const container = database.container(DEVICES_CONTAINER.id);
  return {
    async loadPublication(deviceId) {
      const found = await readItem(container, idOf(deviceId), deviceId);
      return found && { publication: toPublication(found.resource, deviceId), etag: found.etag };
    },

    async savePublication(publication, etag) {
      const document = toPublicationDocument(publication);
      const { deviceId: partitionKey } = publication;
      const saved = await saveIfUnchanged(container, { document, partitionKey, etag });
      return saved.ok ? 'saved' : 'conflict';
    },

    findDuePublications: (now) =>
      pagesOfDeviceIds(container, 'c.publicationDueDateTime <= @moment', now),

    findWaitingPublications: (now) =>
      pagesOfDeviceIds(container, 'c.publicationDueDateTime > @moment', now),
  };
}

/** A document of the `devices` container: the publication, and beside it the field that is queried. */
interface PublicationDocument {
  readonly id: string;
  readonly deviceId: string;
  readonly ttl: number;
  readonly publicationDueDateTime?: string;
  readonly publication: Publication;
}

function toPublicationDocument(publication: Publication): PublicationDocument {
  const due = publicationDueDateTime(publication);
  const { deviceId } = publication;
  return {
    id: idOf(deviceId),
    deviceId,
    ttl: RETENTION_IN_SECONDS,
    ...defined({ publicationDueDateTime: due }),
    publication,
  };
}

/** @throws ConnectorError `deviceRecordInvalid` naming the field. */
function toPublication(document: object, deviceId: string): Publication {
  const publication = 'publication' in document ? document.publication : undefined;
  const [problem] = findProblems(PublicationSchema, publication);
  if (problem === undefined) return publication as Publication;
  throw new ConnectorError(
    'deviceRecordInvalid',
    `the publication of device \`${deviceId}\` cannot be read: ${problem.path} ${problem.message}`,
  );
}
