/** Where a function tells what happened; `InvocationContext` of the runtime is one. */
export interface Log {
  warn(message: string): void;
  error(message: string): void;
}
