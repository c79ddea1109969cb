import type { AccessContext } from './accessContext.ts';
import type { ConditionalAccessPolicy } from '../compliance/configuration.ts';
import { isWeaker } from '../vocabulary/identification.ts';

/** Whether the policy has this control among its built-in ones. */
export function hasControl(
  { grantControls }: ConditionalAccessPolicy,
  control: 'block' | 'compliantDevice',
): boolean {
  return grantControls.builtInControls.includes(control);
}

/** Whether the caller identified the device as strongly as the policy requires. */
export function isIdentifiedAsRequired(
  { grantControls: { minimumDeviceIdentification } }: ConditionalAccessPolicy,
  { identifiedBy }: AccessContext,
): boolean {
  return (
    minimumDeviceIdentification === undefined ||
    !isWeaker(identifiedBy, minimumDeviceIdentification)
  );
}
