import { registerHooks } from 'node:module';

/** Loaded into Azurite before itself: ends it when the process that started it hangs up, or has gone by now. */
if (!process.connected) process.exit(1);
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening to the parent is no work that has to be finished.
process.channel?.unref();

// Azurite sends no telemetry here, and what it would send it with takes most of its start: it stays away.
const absent = new URL('noTelemetry.cjs', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'applicationinsights'
      ? { url: absent, format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
});
