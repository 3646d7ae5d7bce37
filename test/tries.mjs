/** How often a test is tried: once, unless the machine that runs it says otherwise. What fails is printed each time. */
import { jest } from "@jest/globals";

jest.retryTimes(Number(process.env.COLOPHON_TEST_TRIES ?? 1) - 1, {
  logErrorsBeforeRetry: true,
  waitBeforeRetry: 1000,
});
