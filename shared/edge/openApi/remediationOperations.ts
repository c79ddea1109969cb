import { Type } from 'typebox';
import type { Operation } from './operation.ts';

/** What a blocked user opens. */
export const REMEDIATION_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/remediation/{ticket}',
    operationId: 'getRemediation',
    tag: 'Decisions',
    summary: 'The page for a blocked user: why, what to do, and whether it is done yet',
    access: 'nobody',
    parameters: [
      {
        name: 'ticket',
        in: 'path',
        description: 'As it stands in the `remediationUrl` of a decision; good for an hour',
        schema: Type.String(),
        example: 'a-ticket-that-has-expired',
      },
      {
        name: 'Accept-Language',
        in: 'header',
        description: 'English and Swedish are spoken',
        schema: Type.String(),
        example: 'sv-SE',
      },
    ],
    status: 404,
    answer: Type.String(),
    answerType: 'text/html',
    otherStatuses: { 200: 'The page; evaluated as it is opened' },
    refusals: {
      404: 'A page that says how to get a new link: this one was never given, or has expired',
      429: 'A page that says to wait: this link is checked too often',
      500: 'A page that says to come again: a fault of the connector',
      503: 'A page that says to come again: something that is needed does not answer',
    },
  },
];
