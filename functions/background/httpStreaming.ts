import { app } from '@azure/functions';

/**
 * Requests come by HTTP instead of gRPC: over gRPC the host passes on an empty body for each request without a
 * `Content-Length`, so one that is sent in chunks (Azure/azure-functions-host#4926, `GrpcMessageConversionExtensions`).
 */
app.setup({ enableHttpStream: true });
