import { LANGUAGES, type Language } from '../texts/languages.ts';
import { html, type Content, type Html } from './html.ts';
import { PAGE_STYLE } from './pageStyle.ts';

/** The kind of result, which gives the page its colour and icon. */
type Tone = 'blocked' | 'grace' | 'allowed' | 'neutral';

/** The content of a page. */
export interface RemediationPage {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  readonly sections?: Content;
  /** Whether the page has a button to check again. */
  readonly isCheckable: boolean;
  readonly footer?: Content;
}

/** SVG paths of line icons in a square of 24. */
const ICONS: Readonly<Record<Tone, string>> = {
  blocked: 'M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11',
  grace: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V12l3 2',
  allowed: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12.4l2.8 2.8L16 9.6',
  neutral: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5.5M12 7.5v.5',
};

// The content security policy has the hash of the text between the tags, so the formatter must not add white space.
// oxfmt-ignore
const STYLE = html`<style>${PAGE_STYLE}</style>`;

/**
 * The whole document. "Check again" opens the same URL again. A form without an action does that without a script, and
 * assistive technology announces it as a button.
 */
export function toDocument(page: RemediationPage, language: Language): Html {
  const { tone, title, text, sections, isCheckable, footer } = page;
  const { checkAgain } = LANGUAGES[language].page;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${STYLE}
      </head>
      <body>
        <main class="${tone}">
          <header>
            <svg
              viewBox="0 0 24 24"
              fill="none"
              stroke="currentColor"
              stroke-width="2"
              stroke-linecap="round"
              stroke-linejoin="round"
              aria-hidden="true"
            >
              <path d="${ICONS[tone]}" />
            </svg>
            <div>
              <h1>${title}</h1>
              <p>${text}</p>
            </div>
          </header>
          ${toContent([sections, isCheckable ? html`<form><button>${checkAgain}</button></form>` : undefined])}
        </main>
        ${footer === undefined ? undefined : html`<footer>${footer}</footer>`}
      </body>
    </html> `;
}

function toContent(content: readonly Content[]): Html | undefined {
  if (content.every((each) => each === undefined)) return undefined;
  return html`<div class="content">${content}</div>`;
}
