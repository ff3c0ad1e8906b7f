// How the front end's unit tests run: in Node, or in happy-dom where a file says so.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["test/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 60_000, // Chosen: only a test that fails waits so long, however busy the machine is.
    // A worker imports what they share once, not once a file; each file has a document of its own all the same.
    isolate: false,
    pool: "threads",
  },
});
