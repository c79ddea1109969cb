/**
 * Whether a conditional access policy applies to a request; `perhaps` if that depends on an unknown fact about the user
 * or the device. A `perhaps` policy can block, but cannot allow. Missing facts never grant access.
 */
export type Applicability = 'yes' | 'perhaps' | 'no';

/** Whether both apply. */
export function both(a: Applicability, b: Applicability): Applicability {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'perhaps' || b === 'perhaps' ? 'perhaps' : 'yes';
}

/** Whether one of them applies. */
export function either(of: readonly Applicability[]): Applicability {
  if (of.includes('yes')) return 'yes';
  return of.includes('perhaps') ? 'perhaps' : 'no';
}
