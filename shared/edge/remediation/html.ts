/** Text that is HTML already. Only `html` makes it, so nothing that came from outside passes for it. */
class SafeHtml {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Html = SafeHtml;

/** What may stand in a template: text, which is escaped, and HTML, which is not. */
export type Content = string | Html | undefined | readonly Content[];

/**
 * HTML of a template. Every value is escaped for where it may stand: between tags, or in an attribute in double
 * quotes; nowhere else (WHATWG HTML section 13.3).
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new SafeHtml(String.raw({ raw: parts }, ...values.map(toText)));
}

function toText(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof SafeHtml) return content.toString();
  return typeof content === 'string' ? escape(content) : content.map(toText).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
