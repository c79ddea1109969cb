/** Text that is safe HTML. Only `html` creates it, so text from outside is always escaped first. */
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

/** A value in a template: text is escaped, HTML is not. */
export type Content = string | Html | undefined | readonly Content[];

/**
 * The HTML of a template. Put values only between tags or in double-quoted attributes: the escaping is safe only there
 * (WHATWG HTML section 13.3).
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
