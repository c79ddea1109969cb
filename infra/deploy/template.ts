/** A parameter as the template declares it. */
export interface DeclaredParameter {
  readonly type?: string;
  readonly defaultValue?: unknown;
  readonly allowedValues?: readonly unknown[];
  readonly metadata?: { readonly description?: string };
}

/** A resource of the template, with its expressions as text. */
export interface TemplateResource {
  readonly type: string;
  readonly sku?: { readonly name?: string };
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** What a deployment reads of its template. */
export interface Template {
  readonly metadata?: {
    /** The names of the app settings that it sets. */
    readonly appSettings?: readonly string[];
  };
  readonly parameters: Readonly<Record<string, DeclaredParameter>>;
  readonly resources: Readonly<Record<string, TemplateResource>>;
}

/** Parameters in the form of Azure Resource Manager. */
export type ParameterValues = Readonly<Record<string, { readonly value: unknown }>>;
