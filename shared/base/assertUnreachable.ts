/** Ends a switch over a union: the compiler refuses the call while a case is missing, and so does the runtime. */
export function assertUnreachable(value: never): never {
  throw new TypeError(`unexpected value \`${JSON.stringify(value)}\``);
}
