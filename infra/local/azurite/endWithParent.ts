/** Loaded into Azurite before itself: ends it when the process that started it hangs up, or has gone by now. */
if (!process.connected) process.exit(1);
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening to the parent is no work that has to be finished.
process.channel?.unref();
