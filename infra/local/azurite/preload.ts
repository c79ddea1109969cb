import { registerHooks } from 'node:module';

/** A preload (`node --import`) that ends Azurite when its parent process disconnects, or has already ended. */
if (!process.connected) process.exit(1);
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// The channel to the parent must not keep Azurite alive.
process.channel?.unref();

// Azurite sends no telemetry here, and loading its telemetry library would take most of the start time.
const absent = new URL('noTelemetry.cjs', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'applicationinsights'
      ? { url: absent, format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
});
