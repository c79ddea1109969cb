/** What stands in an element: text, or further elements. */
export type XmlContent = string | number | boolean | readonly XmlElement[];

/** An element's name and what is in it; one without content is left out. Names are ours, never anybody's input. */
export type XmlElement = readonly [name: string, content: XmlContent | undefined];

/** The document of `root`, on one line. */
export function toXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${write(root)}`;
}

function write([name, content]: XmlElement): string {
  return content === undefined ? '' : `<${name}>${writeContent(content)}</${name}>`;
}

function writeContent(content: XmlContent): string {
  return typeof content === 'object' ? content.map(write).join('') : escape(String(content));
}

/** XML 1.0 section 2.2: what is not one of these may stand in no document, not even as a reference. */
const NOT_ALLOWED = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  // Only `]]>` would need it, but it is easier to trust where it is never there.
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escape(text: string): string {
  return text
    .replaceAll(NOT_ALLOWED, '\uFFFD')
    .replaceAll(/[&<>"']/g, (character) => REFERENCES[character] ?? '');
}
