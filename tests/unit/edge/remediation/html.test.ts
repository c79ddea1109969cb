import { expect, it } from 'vitest';
import { html } from '../../../../shared/edge/remediation/html.ts';

const HOSTILE = `<script>alert("1")</script> & 'x' </p>`;
const ESCAPED = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; &lt;/p&gt;';

it('escapes what stands between tags and in attributes', () => {
  expect(String(html`<p title="${HOSTILE}">${HOSTILE}</p>`)).toBe(
    `<p title="${ESCAPED}">${ESCAPED}</p>`,
  );
});

it('escapes a text once, however deep it stands', () => {
  const items = [HOSTILE, '&amp;'].map((each) => html`<b>${each}</b>`);
  expect(String(html`${items}${['<b>', html`<i></i>`]}`)).toBe(
    `<b>${ESCAPED}</b><b>&amp;amp;</b>&lt;b&gt;<i></i>`,
  );
});

it('says nothing where there is nothing', () => {
  expect(String(html`<p>${undefined}${[]}</p>`)).toBe('<p></p>');
});

it('takes nothing for HTML that only looks like it', () => {
  const forged = { toString: () => '<b>', text: '<b>' };
  expect(() => html`${forged as never}`).toThrow(TypeError);
});
