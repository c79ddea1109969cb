/** The default of a switch over a union: while a case is missing, it does not compile. @throws TypeError at run time. */
export function assertUnreachable(value: never): never {
  throw new TypeError(`unexpected value \`${JSON.stringify(value)}\``);
}
