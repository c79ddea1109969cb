const PATTERN = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds of an ISO 8601 duration of days and less. @throws TypeError where it is none. */
export function toMilliseconds(duration: string): number {
  const match = PATTERN.exec(duration);
  if (match === null)
    throw new TypeError(`\`${duration}\` is no ISO 8601 duration of days, hours, minutes, seconds`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
