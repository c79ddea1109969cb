import { Type } from 'typebox';
import { REPORT_KINDS } from '../../domain/vocabulary/reportFault.ts';
import { DateTimeSchema, IdSchema } from './commonSchemas.ts';

const FieldSchema = Type.String({ minLength: 1, maxLength: 64 });
const WordSchema = Type.String({ maxLength: 128 });

export const ReportKindSchema = Type.Enum(REPORT_KINDS);
export const ReportFaultSchema = Type.Object({ field: FieldSchema, word: WordSchema });
export const ReportFaultsSchema = Type.Array(ReportFaultSchema);

/** What is known about a fault of the partner's reports, as it is stored and shown. */
export const KnownReportFaultSchema = Type.Object({
  id: IdSchema,
  version: Type.Optional(Type.Integer({ minimum: 1 })),
  field: FieldSchema,
  word: WordSchema,
  state: Type.Enum(['counting', 'held', 'resolved']),
  windowBeganDateTime: Type.Optional(DateTimeSchema),
  newlyBlockedDeviceCount: Type.Optional(Type.Integer({ minimum: 0 })),
  heldDateTime: Type.Optional(DateTimeSchema),
  meaning: Type.Optional(Type.String()),
  lastModifiedDateTime: Type.Optional(DateTimeSchema),
});
