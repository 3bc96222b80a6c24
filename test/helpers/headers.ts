// The headers for all our own files, worker scripts included: with them shared memory works wherever a browser allows it.
// public/_headers and the service worker say the same; test/tidy.test.ts compares.

export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Document-Isolation-Policy': 'isolate-and-require-corp',
} as const
