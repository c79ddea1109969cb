/** The JSON of a failed request of the API. */
interface ErrorBody {
  readonly error?: {
    readonly code?: string;
    readonly message?: string;
    readonly details?: readonly { readonly path: string; readonly message: string }[];
  };
}

/** The error of the API as `code: message` and one line for each detail; any other text as it is. */
export function toProblem(text: string): string {
  const { code, message, details = [] } = readError(text) ?? {};
  if (code === undefined || message === undefined) return text;
  return [
    `${code}: ${message}`,
    ...details.map((detail) => `  ${detail.path}: ${detail.message}`),
  ].join('\n');
}

function readError(text: string): ErrorBody['error'] {
  try {
    return (JSON.parse(text) as ErrorBody | null)?.error;
  } catch {
    return undefined;
  }
}
