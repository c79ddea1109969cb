import type { ToFaultReply } from '../http/handler.ts';
import { toErrorReply } from '../http/toErrorReply.ts';
import { chooseLanguage, LANGUAGES, type Language } from '../texts/languages.ts';
import type { RemediationPage } from './toDocument.ts';
import { toPageReply } from './toPageReply.ts';

/** An error as a page, because people open this route in a browser. */
export const toRemediationFaultReply: ToFaultReply = (error, requestId, now, request) => {
  const reply = toErrorReply(error, requestId, now);
  const language = chooseLanguage(request.headers.get('accept-language'));
  return toPageReply(toFaultPage(reply.status, language), language, reply);
};

function toFaultPage(status: number, language: Language): RemediationPage {
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
