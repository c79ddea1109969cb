import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';

/**
 * Renews the lock of a message until what it answers is called, for so long at most. The client would do it too, but goes
 * on for minutes with what it has received on a connection that has ended, so that nobody else gets it.
 */
export function keepLock(
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
  maxInMilliseconds: number,
): () => void {
  const end = Date.now() + maxInMilliseconds;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const renewBefore = (lockedUntil: Date): void => {
    const pause = Math.max(0, (lockedUntil.getTime() - Date.now()) / 2);
    if (isOver || Date.now() + pause > end) return;
    timer = setTimeout(() => {
      // A lock that was lost stays lost: the message comes again.
      receiver.renewMessageLock(message).then(renewBefore, () => undefined);
    }, pause);
  };
  if (message.lockedUntilUtc !== undefined) renewBefore(message.lockedUntilUtc);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
