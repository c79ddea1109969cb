/** Something that must answer before the system can do its work. @throws where it does not. */
export interface Dependency {
  readonly name: string;
  check(): Promise<void>;
}
