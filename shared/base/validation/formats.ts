import { Format } from 'typebox/format';
import { toDateTime } from '../dateTime.ts';

// TypeBox has one registry of formats for the process. Every module that checks shapes imports this file, so the order in
// which modules load changes no result.
Format.Set('date-time', (text) => toDateTime(text) !== undefined);
