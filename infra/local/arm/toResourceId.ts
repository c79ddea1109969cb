/** `A.B/c/d` with the names `x` and `y` becomes `{scope}/providers/A.B/c/x/d/y`. */
export function toResourceId(scope: string, type: string, names: readonly string[]): string {
  const [namespace = '', ...types] = type.split('/');
  const path = types.map((each, at) => `${each}/${names[at] ?? ''}`).join('/');
  return `${scope}/providers/${namespace}/${path}`;
}
