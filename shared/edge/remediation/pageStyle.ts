const css = String.raw;

/**
 * The style of every page, in a light and a dark scheme. It is part of the page, so the page loads nothing else, and
 * the content security policy has its hash. Sizes are in `rem`, so they follow the user's text size.
 * INVARIANT: it has no quote and no `&`, `<` or `>`, so escaping does not change it.
 */
export const PAGE_STYLE = css`
  :root {
    color-scheme: light dark;
    --ground: #f2f4f7;
    --sheet: #fff;
    --line: #d9dfe6;
    --text: #17212b;
    --quiet: #4f5d6b;
    --action: #0a5bb5;
    --action-text: #fff;
    --tone: #44576b;
    --tint: #e8edf3;
  }
  .blocked {
    --tone: #a8350f;
    --tint: #fdece5;
  }
  .grace {
    --tone: #835200;
    --tint: #fcf1d9;
  }
  .allowed {
    --tone: #13683a;
    --tint: #e3f5ea;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ground: #0e1318;
      --sheet: #182028;
      --line: #313c47;
      --text: #edf1f5;
      --quiet: #a9b6c3;
      --action: #8cc2ff;
      --action-text: #06213f;
      --tone: #b4c5d6;
      --tint: #222d38;
    }
    .blocked {
      --tone: #ffa98a;
      --tint: #36211b;
    }
    .grace {
      --tone: #f3c566;
      --tint: #36290f;
    }
    .allowed {
      --tone: #7fdca4;
      --tint: #143223;
    }
  }
  * {
    box-sizing: border-box;
  }
  html {
    -webkit-text-size-adjust: 100%;
    text-size-adjust: 100%;
  }
  body {
    margin: 0;
    padding: 1rem 1rem 2rem;
    background: var(--ground);
    color: var(--text);
    font:
      1.0625rem/1.55 system-ui,
      -apple-system,
      Segoe UI,
      Roboto,
      sans-serif;
    overflow-wrap: anywhere;
  }
  main,
  footer {
    max-width: 38rem;
    margin: 0 auto;
  }
  main {
    overflow: hidden;
    background: var(--sheet);
    border: 1px solid var(--line);
    border-radius: 1rem;
  }
  header {
    padding: 1.5rem 1.25rem;
    background: var(--tint);
  }
  svg {
    display: block;
    width: 3rem;
    height: 3rem;
    padding: 0.625rem;
    margin-bottom: 1rem;
    border-radius: 0.875rem;
    background: var(--tone);
    color: var(--tint);
  }
  h1,
  h2,
  h3,
  p,
  dl,
  dd,
  ul,
  ol {
    margin: 0;
  }
  h1 {
    font-size: 1.625rem;
    line-height: 1.2;
    letter-spacing: -0.01em;
    text-wrap: balance;
  }
  p,
  li {
    text-wrap: pretty;
  }
  header p {
    margin-top: 0.5rem;
  }
  .content {
    display: grid;
    gap: 1.75rem;
    padding: 1.5rem 1.25rem;
    border-top: 1px solid var(--line);
  }
  h2 {
    margin-bottom: 0.5rem;
    font-size: 1.1875rem;
    line-height: 1.3;
  }
  h3 {
    margin-bottom: 0.5rem;
    font-size: 1.0625rem;
    line-height: 1.4;
  }
  ul,
  ol {
    padding-left: 1.5rem;
  }
  li {
    padding-left: 0.25rem;
  }
  li + li {
    margin-top: 0.375rem;
  }
  li::marker {
    color: var(--tone);
    font-weight: 700;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(8rem, 100%), 1fr));
    gap: 0.75rem 1.5rem;
  }
  .wide {
    grid-column: 1 / -1;
  }
  dt {
    color: var(--quiet);
    font-size: 0.9375rem;
  }
  dd {
    font-weight: 600;
  }
  .task {
    padding: 1rem;
    border: 1px solid var(--line);
    border-radius: 0.75rem;
  }
  .task + .task {
    margin-top: 0.75rem;
  }
  button {
    width: 100%;
    min-height: 3rem;
    padding: 0.75rem 1.5rem;
    border: 1px solid transparent;
    border-radius: 0.75rem;
    background: var(--action);
    color: var(--action-text);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }
  button:hover {
    text-decoration: underline;
  }
  :focus-visible {
    outline: 3px solid var(--action);
    outline-offset: 3px;
  }
  footer {
    padding: 1.25rem 1.25rem 0;
    color: var(--quiet);
    font-size: 0.9375rem;
  }
  footer dl {
    grid-template-columns: 1fr;
  }
  footer dd {
    font-weight: 400;
  }
  code {
    font-family: ui-monospace, Menlo, Consolas, monospace;
    font-size: 0.875rem;
  }
  @media (min-width: 40rem) {
    body {
      padding: 3rem 1.5rem;
    }
    header,
    .content {
      padding: 2rem;
    }
    header {
      display: grid;
      grid-template-columns: auto 1fr;
      align-items: center;
      gap: 1.25rem;
    }
    svg {
      margin: 0;
    }
    .content dl {
      grid-template-columns: 1fr 1fr;
    }
    button {
      width: auto;
      min-width: 14rem;
    }
    footer {
      padding: 1.25rem 2rem 0;
    }
    footer div {
      display: grid;
      grid-template-columns: 15rem 1fr;
    }
  }
`;
