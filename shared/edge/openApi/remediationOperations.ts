import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { pathParameter } from './operationParts.ts';

/** The page for a blocked user. */
export const REMEDIATION_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/remediation/{ticket}',
    operationId: 'getRemediation',
    tag: 'Decisions',
    summary: 'Get the page for a blocked user: the reasons, and what to do',
    access: 'anonymous',
    parameters: [
      pathParameter(
        'ticket',
        'The ticket in the `remediationUrl` of a decision, valid for an hour',
        'a-ticket-that-has-expired',
      ),
      {
        name: 'Accept-Language',
        in: 'header',
        description: 'English and Swedish are supported',
        schema: Type.String(),
        example: 'sv-SE',
      },
    ],
    status: 404,
    answer: Type.String(),
    answerType: 'text/html',
    otherStatuses: { 200: 'The page, with the device evaluated now' },
    refusals: {
      404: 'A page that says how to get a new link: this one is not valid or has expired',
      429: 'A page that asks to wait: this link is opened too often',
      500: 'A page that asks to try again: an internal error',
      503: 'A page that asks to try again: a required service does not answer',
    },
  },
];
