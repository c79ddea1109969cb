import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';

/**
 * Renews the lock of a message until the returned function is called, or for the maximum time. The client's own renewal
 * continues for minutes after its connection has ended, so no other receiver would get the message.
 */
export function keepLock(
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
  maxInMilliseconds: number,
): () => void {
  const end = Date.now() + maxInMilliseconds;
  let timer: NodeJS.Timeout | undefined;
  let isReleased = false;
  const renewBefore = (lockedUntil: Date): void => {
    const pause = Math.max(0, (lockedUntil.getTime() - Date.now()) / 2);
    if (isReleased || Date.now() + pause > end) return;
    timer = setTimeout(() => {
      // A lost lock stays lost; the message is delivered again.
      receiver.renewMessageLock(message).then(renewBefore, () => undefined);
    }, pause);
  };
  if (message.lockedUntilUtc !== undefined) renewBefore(message.lockedUntilUtc);
  return () => {
    isReleased = true;
    clearTimeout(timer);
  };
}
