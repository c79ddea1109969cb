const PATTERN = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Converts an ISO 8601 duration of days or shorter units. @throws TypeError for any other text. */
export function fromIsoDuration(duration: string): number {
  const match = PATTERN.exec(duration);
  if (match === null)
    throw new TypeError(
      `\`${duration}\` must be an ISO 8601 duration of days, hours, minutes and seconds`,
    );
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
