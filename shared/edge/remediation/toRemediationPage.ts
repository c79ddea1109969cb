import type { DateTime } from '../../base/dateTime.ts';
import type { DecidedAccess } from '../../core/decisions/decidedAccess.ts';
import { remediationFor, type Remediation } from '../../domain/access/remediation.ts';
import { isWeaker } from '../../domain/vocabulary/identification.ts';
import type { Reason } from '../../domain/vocabulary/reason.ts';
import { LANGUAGES, type Language } from '../texts/languages.ts';
import type { Instructions, Texts } from '../texts/texts.ts';
import { toInstructions } from '../texts/toInstructions.ts';
import { html, type Html } from './html.ts';
import type { RemediationPage } from './toDocument.ts';
import { toSentences } from './toSentences.ts';

/** The page that explains a decision to the user: the result, the reasons and what to do. */
export function toRemediationPage(decided: DecidedAccess, language: Language): RemediationPage {
  const texts = LANGUAGES[language];
  const graceEnds = decided.evaluation.complianceGracePeriodExpirationDateTime;
  const page =
    decided.outcome.decision === 'block'
      ? toBlocked(decided, language)
      : graceEnds === undefined
        ? toAllowed(decided, texts)
        : toGrace(decided, language, graceEnds);
  return { ...page, footer: toFooter(decided, texts) };
}

function toBlocked(decided: DecidedAccess, language: Language): RemediationPage {
  const texts = LANGUAGES[language];
  const { reasons, remediation } = decided.outcome;
  return {
    tone: 'blocked',
    title: texts.page.blockedTitle,
    text: texts.page.blockedText,
    sections: [
      toFacts(decided, texts),
      toCauses(reasons, decided, texts),
      toTasks(remediation, language),
    ],
    isCheckable: true,
  };
}

function toAllowed(decided: DecidedAccess, texts: Texts): RemediationPage {
  return {
    tone: 'allowed',
    title: texts.page.allowedTitle,
    text: texts.page.allowedText,
    sections: toFacts(decided, texts),
    isCheckable: false,
  };
}

/** The decision allows access, so it has no remediation. The evaluation has the policy failures. */
function toGrace(decided: DecidedAccess, language: Language, graceEnds: DateTime): RemediationPage {
  const texts = LANGUAGES[language];
  const { reasons, threats } = decided.evaluation;
  const remediation = remediationFor(reasons, threats);
  return {
    tone: 'grace',
    title: texts.page.graceTitle,
    text: texts.page.graceText,
    sections: [
      toFacts(decided, texts, graceEnds),
      toCauses(reasons, decided, texts),
      toTasks(remediation, language),
    ],
    isCheckable: true,
  };
}

/** The requested resource and the device. */
function toFacts(decided: DecidedAccess, texts: Texts, graceEnds?: DateTime): Html {
  const { page } = texts;
  const device = deviceName(decided);
  return html`<dl>
    <div>
      <dt>${page.resource}</dt>
      <dd>${resourceName(decided, texts)}</dd>
    </div>
    ${
      device === undefined
        ? undefined
        : html`<div>
            <dt>${page.device}</dt>
            <dd><bdi>${device}</bdi></dd>
          </div>`
    }
    ${
      graceEnds === undefined
        ? undefined
        : html`<div class="wide">
            <dt>${page.graceEnds}</dt>
            <dd>${toMoment(graceEnds, texts, 'short')}</dd>
          </div>`
    }
  </dl>`;
}

function resourceName({ request }: DecidedAccess, { resources }: Texts): Html {
  const { resource } = request;
  if (resource in resources) return html`${resources[resource as keyof typeof resources]}`;
  return html`${resources.companyApp} <bdi>${resource.slice(resource.indexOf(':') + 1)}</bdi>`;
}

/**
 * The name of the device, if its id or a certificate identifies it. A device found by a MAC address or a hardware
 * number may belong to somebody else by now, so its name is not shown.
 */
function deviceName({ request, evaluation }: DecidedAccess): string | undefined {
  const isCertain = !isWeaker(request.device.identifiedBy, 'deviceId');
  return isCertain ? evaluation.properties?.deviceName : undefined;
}

function toCauses(reasons: readonly Reason[], { evaluation }: DecidedAccess, texts: Texts): Html {
  const sentences = toSentences(reasons, evaluation.threats, texts);
  const shown = sentences.length === 0 ? [texts.page.whyUnknown] : sentences;
  return html`<section>
    <h2>${texts.page.why}</h2>
    <ul>
      ${shown.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
  </section>`;
}

function toTasks(remediation: readonly Remediation[], language: Language): Html {
  const { page } = LANGUAGES[language];
  const tasks = remediation.map((each) => toTask(toInstructions(each, language)));
  return html`<section>
    <h2>${page.whatToDo}</h2>
    ${tasks.length === 0 ? html`<p>${page.nothingToDo}</p>` : tasks}
  </section>`;
}

function toTask({ title, steps }: Instructions): Html {
  return html`<div class="task">
    <h3>${title}</h3>
    <ol>
      ${steps.map((step) => html`<li>${step}</li>`)}
    </ol>
  </div> `;
}

/** The time and the reference by which the support desk finds the decision in the log. */
function toFooter({ outcome }: DecidedAccess, texts: Texts): Html {
  const { checkedAt, reference } = texts.page;
  return html`<dl>
    <div>
      <dt>${checkedAt}</dt>
      <dd>${toMoment(outcome.evaluatedDateTime, texts, 'medium')}</dd>
    </div>
    <div>
      <dt>${reference}</dt>
      <dd><code>${outcome.decisionId}</code></dd>
    </div>
  </dl>`;
}

/** In UTC, because a page without a script does not know the reader's time zone. */
function toMoment(moment: DateTime, { locale }: Texts, timeStyle: 'short' | 'medium'): Html {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle,
    timeZone: 'UTC',
  });
  return html`<time datetime="${moment}">${format.format(new Date(moment))} UTC</time>`;
}
