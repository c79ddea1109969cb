import { Format } from 'typebox/format';
import { toDateTime } from '../dateTime.ts';

// TypeBox keeps formats in one registry for the process. Every module that checks shapes imports this file, so the
// result never depends on which module was loaded first.
Format.Set('date-time', (text) => toDateTime(text) !== undefined);
