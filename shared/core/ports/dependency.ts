/** A service that must answer before the system is ready. */
export interface Dependency {
  readonly name: string;
  /** @throws if the service does not answer. */
  check(): Promise<void>;
}
