import type { HttpReply, HttpRequest } from '../http/http.ts';
import { toErrorReply } from '../http/toErrorReply.ts';
import { chooseLanguage, LANGUAGES, type Language } from '../texts/languages.ts';
import type { Page } from './toDocument.ts';
import { toPageReply } from './toPageReply.ts';

/** What went wrong, on a page like the others: who comes here is a person, and may have come by a program's mistake. */
export function toRemediationFaultReply(
  error: unknown,
  requestId: string,
  now: Date,
  request: HttpRequest,
): HttpReply {
  const reply = toErrorReply(error, requestId, now);
  const language = chooseLanguage(request.headers.get('accept-language'));
  return toPageReply(toFaultPage(reply.status, language), language, reply);
}

function toFaultPage(status: number, language: Language): Page {
  const { page } = LANGUAGES[language];
  if (status === 404) {
    return {
      tone: 'neutral',
      title: page.expiredTitle,
      text: page.expiredText,
      isCheckable: false,
    };
  }
  return status === 429
    ? { tone: 'neutral', title: page.busyTitle, text: page.busyText, isCheckable: true }
    : {
        tone: 'neutral',
        title: page.unavailableTitle,
        text: page.unavailableText,
        isCheckable: true,
      };
}
