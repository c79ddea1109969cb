import { expect, it } from 'vitest';
import { html } from '../../../../shared/edge/remediation/html.ts';

const HOSTILE = `<script>alert("1")</script> & 'x' </p>`;
const ESCAPED = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; &lt;/p&gt;';

it('escapes text between tags and in attributes', () => {
  expect(String(html`<p title="${HOSTILE}">${HOSTILE}</p>`)).toBe(
    `<p title="${ESCAPED}">${ESCAPED}</p>`,
  );
});

it('escapes nested text once', () => {
  const items = [HOSTILE, '&amp;'].map((each) => html`<b>${each}</b>`);
  expect(String(html`${items}${['<b>', html`<i></i>`]}`)).toBe(
    `<b>${ESCAPED}</b><b>&amp;amp;</b>&lt;b&gt;<i></i>`,
  );
});

it('writes nothing for undefined and for an empty list', () => {
  expect(String(html`<p>${undefined}${[]}</p>`)).toBe('<p></p>');
});

it('rejects an object that only looks like HTML', () => {
  const forged = { toString: () => '<b>', text: '<b>' };
  expect(() => html`${forged as never}`).toThrow(TypeError);
});
